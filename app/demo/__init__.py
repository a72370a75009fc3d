"""The demo world: made by the product's own services, once."""
