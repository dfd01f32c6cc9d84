"""Ways to pay come through one door, ours as well as strangers'."""

from importlib.metadata import EntryPoint

from checkout.payments import Account, Purchase, Surroundings, registry
from checkout.payments.on_pickup import OnPickup

BARE = Surroundings(settings={}, account=Account)
FULL = Surroundings(
    settings={"stripe_secret_key": "sk_test_1"}, account=lambda: Account("Muster", "DE89370400440532013000")
)


class Voucher(OnPickup):
    """A stranger's way to pay."""

    key = "voucher"
    label = "Gutschein"


def create(surroundings: Surroundings) -> Voucher:
    return Voucher()


def create_in_place_of_ours(surroundings: Surroundings) -> OnPickup:
    ours = OnPickup()
    ours.label = "Im Laden"
    return ours


def keys(surroundings: Surroundings, *, is_pickup: bool) -> list[str]:
    return [each.key for each in registry.offered(registry.load(surroundings), Purchase(is_pickup))]


def test_only_what_lacks_nothing_is_offered() -> None:
    assert keys(BARE, is_pickup=False) == []
    assert keys(BARE, is_pickup=True) == ["on_pickup"]
    assert keys(FULL, is_pickup=False) == ["stripe", "transfer"]
    assert keys(FULL, is_pickup=True) == ["stripe", "transfer", "on_pickup"]


def test_each_is_known_by_its_key() -> None:
    assert all(key == method.key for key, method in registry.load(BARE).items())


def test_a_strangers_way_to_pay_comes_through_the_same_door() -> None:
    theirs = EntryPoint("voucher", f"{__name__}:create", registry.GROUP)
    known = registry.create_all((*registry.BUILT_IN, theirs), BARE)
    assert list(known) == ["stripe", "transfer", "on_pickup", "invoice", "voucher"]


def test_a_stranger_may_replace_one_of_ours() -> None:
    theirs = EntryPoint("till", f"{__name__}:create_in_place_of_ours", registry.GROUP)
    known = registry.create_all((*registry.BUILT_IN, theirs), BARE)
    assert known["on_pickup"].label == "Im Laden"
