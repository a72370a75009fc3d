"""The pictures and films of the guide, taken from the real screens: `make guide-pictures`."""
