"""What the portal should do, in plain Python: free = quantity − Σ max(allocated, held)."""

from dataclasses import dataclass, field


@dataclass
class File:
    """An issued activation file: what it grants, and whether its counts are still held."""

    seq: int
    counts: dict[str, int]
    runs: bool = True


@dataclass
class Place:
    """An environment with what is allocated to it, and its files by sequence number."""

    allocated: dict[str, int] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)
    retired: bool = False
    returned: bool = False

    def held(self, product: str) -> int:
        """The counts of a product in files that still run."""
        return max((file.counts.get(product, 0) for file in self.files if file.runs), default=0)

    def in_use(self, product: str) -> int:
        """What nobody else can have."""
        return max(self.allocated.get(product, 0), self.held(product))


@dataclass
class Model:
    """All environments of a contract, and how many of each product it has."""

    quantities: dict[str, int]
    places: list[Place] = field(default_factory=list)

    def in_use(self, product: str) -> int:
        """Allocated or held, over all environments."""
        return sum(place.in_use(product) for place in self.places)

    def free(self, product: str) -> int:
        """What can still be allocated."""
        return self.quantities[product] - self.in_use(product)

    def allocate(self, place: Place, wanted: dict[str, int]) -> bool:
        """Allocate exactly so many, if they fit; whether they did."""
        before = dict(place.allocated)
        place.allocated |= wanted
        fits = all(self.free(product) >= 0 for product in wanted)
        if not fits:
            place.allocated = before
        return fits

    def amend(self, product: str, quantity: int) -> bool:
        """Change the contract's count of a product, unless more are in use."""
        fits = self.in_use(product) <= quantity
        if fits:
            self.quantities[product] = quantity
        return fits

    def retire(self, place: Place) -> None:
        """Give the allocations back; what running files hold stays held."""
        place.allocated, place.retired = {}, True

    def issue(self, place: Place) -> File | None:
        """Issue what is allocated, where there is something."""
        counts = {product: n for product, n in place.allocated.items() if n}
        if place.retired or not counts:
            return None
        place.files.append(File(len(place.files) + 1, counts))
        place.returned = False
        return place.files[-1]

    def download(self, place: Place, file: File) -> None:
        """The system can run on it now: the files before it end."""
        for older in place.files:
            if older.seq < file.seq:
                older.runs = False

    def take_return(self, place: Place) -> bool:
        """End the newest file and all before it; whether there was one to end."""
        if not place.files or place.returned:
            return False
        for file in place.files:
            file.runs = False
        place.returned = True
        return True
