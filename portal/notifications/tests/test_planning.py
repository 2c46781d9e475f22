"""The choice of channels, as a pure function."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.notifications.enums import MessageClass, Window
from portal.notifications.notices import TEXT_CHANNELS
from portal.notifications.planning import Way, Wish, choose_plan

ZALO = ("zalo_oa", "zalo_user", "zalo_phone")
WAYS = st.lists(
    st.builds(
        Way,
        st.sampled_from(TEXT_CHANNELS),
        cost=st.integers(0, 900),
        refused=st.booleans(),
        window=st.sampled_from(Window.values),
    ),
    unique_by=lambda way: way.channel,
    max_size=len(TEXT_CHANNELS),
)
WISHES = st.builds(
    Wish,
    st.sampled_from([TEXT_CHANNELS, ("sms",), ("zalo_phone", "sms")]),
    st.sampled_from(MessageClass.values),
    urgent=st.booleans(),
    must_reach=st.booleans(),
)
# A loaded machine draws slowly; how fast is not what is asked here.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
WISH = Wish(TEXT_CHANNELS, "transactional")
ALL = [Way("zalo_oa"), Way("zalo_user", 100), Way("zalo_phone", 120), Way("sms", 250)]


@patient
@given(WISHES, WAYS)
def test_a_plan_uses_open_and_allowed_ways_only(wish, ways):
    plan = choose_plan(wish, ways)
    usable = {way.channel for way in ways if way.is_open} & set(wish.channels)
    assert len(plan) == len(set(plan)) > 0
    if usable and wish.message_class != "code":
        assert set(plan) == usable | ({"call"} if wish.must_reach else set())


@patient
@given(WISHES, WAYS)
def test_a_call_is_the_last_and_only_for_what_must_be_read(wish, ways):
    plan = choose_plan(wish, ways)
    assert ("call" in plan) == wish.must_reach
    assert "call" not in plan[:-1]


@patient
@given(WISHES, WAYS)
def test_sms_comes_after_zalo_and_cheap_before_dear(wish, ways):
    plan, cost = choose_plan(wish, ways), {way.channel: way.cost for way in ways}
    zalo = [channel for channel in plan if channel in ZALO]
    assert "sms" not in plan or plan.index("sms") == len(zalo)
    if wish.urgent:
        assert zalo == sorted(zalo, key=ZALO.index)
    else:
        assert [cost[one] for one in zalo] == sorted(cost[one] for one in zalo)


@patient
@given(WISHES, WAYS, st.data())
def test_losing_a_way_changes_nothing_in_the_order_of_the_rest(wish, ways, data):
    if not ways:
        return
    lost = data.draw(st.sampled_from(ways))
    fewer = choose_plan(wish, [way for way in ways if way is not lost])
    rest = [channel for channel in choose_plan(wish, ways) if channel != lost.channel]
    assert fewer == rest or rest in ([], ["call"])


def test_the_ladder():
    assert choose_plan(WISH, ALL) == ["zalo_oa", "zalo_user", "zalo_phone", "sms"]
    closed = [Way("zalo_oa", window="closed"), *ALL[1:]]
    assert choose_plan(WISH, closed) == ["zalo_user", "zalo_phone", "sms"]
    code = Wish(TEXT_CHANNELS, "code", urgent=True)
    assert choose_plan(code, ALL) == ["zalo_phone", "sms"]
    paid = [Way("zalo_oa", 300, window="paid"), *ALL[1:]]
    assert choose_plan(WISH, paid) == ["zalo_user", "zalo_phone", "zalo_oa", "sms"]
    assert choose_plan(Wish(("call",), "transactional"), ALL) == ["call"]


def test_a_person_who_refused_everything_is_called_about_what_he_must_know():
    refused = [Way(way.channel, refused=True) for way in ALL]
    assert choose_plan(Wish(TEXT_CHANNELS, "transactional", must_reach=True), refused) == ["call"]
