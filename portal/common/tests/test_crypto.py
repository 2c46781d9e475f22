"""Ciphertexts belong to one column of one row; keys rotate without rewriting rows at once."""

import hashlib
import uuid

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from portal.common.crypto import CannotUnseal, blind_index, derive_key, keyed_digest, seal, unseal

LABEL = "citizens.person.full_name"
ROW = uuid.UUID(int=1)
OLD, NEW = b"o" * 32, b"n" * 32


@given(plain=st.binary(max_size=300), uid=st.uuids(), label=st.text(min_size=1, max_size=40))
def test_unseal_returns_what_was_sealed(plain, uid, label):
    assert unseal(label, uid, seal(label, uid, plain)) == plain


@given(other=st.uuids().filter(lambda uid: uid != ROW))
def test_ciphertext_of_another_row_does_not_open(other):
    with pytest.raises(CannotUnseal):
        unseal(LABEL, other, seal(LABEL, ROW, b"x"))


def test_ciphertext_of_another_column_does_not_open():
    with pytest.raises(CannotUnseal):
        unseal("citizens.person.address", ROW, seal(LABEL, ROW, b"x"))


@given(data=st.data())
def test_every_flipped_bit_is_found(data):
    sealed = bytearray(seal(LABEL, ROW, b"secret"))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(CannotUnseal):
        unseal(LABEL, ROW, bytes(sealed))


@given(garbage=st.binary(max_size=60))
def test_garbage_is_refused_with_one_error(garbage):
    with pytest.raises(CannotUnseal):
        unseal(LABEL, ROW, garbage)


def test_cut_ciphertext_is_refused():
    sealed = seal(LABEL, ROW, b"secret")
    for length in range(len(sealed)):
        with pytest.raises(CannotUnseal):
            unseal(LABEL, ROW, sealed[:length])


def test_equal_texts_have_different_ciphertexts():
    assert seal(LABEL, ROW, b"x") != seal(LABEL, ROW, b"x")


def test_rotation_reads_old_rows_and_writes_with_the_new_key():
    with override_settings(FIELD_KEYS={"k1": OLD}):
        before = seal(LABEL, ROW, b"x")
    with override_settings(FIELD_KEYS={"k2": NEW, "k1": OLD}):
        after = seal(LABEL, ROW, b"x")
        assert (unseal(LABEL, ROW, before), unseal(LABEL, ROW, after)) == (b"x", b"x")
    assert (before[:3], after[:3]) == (b"\x02k1", b"\x02k2")


def test_removed_key_leaves_its_rows_closed():
    with override_settings(FIELD_KEYS={"k1": OLD}):
        before = seal(LABEL, ROW, b"x")
    with override_settings(FIELD_KEYS={"k2": NEW}), pytest.raises(CannotUnseal):
        unseal(LABEL, ROW, before)


def test_error_says_nothing_of_the_content():
    with pytest.raises(CannotUnseal) as caught:
        unseal("a.b", ROW, seal(LABEL, ROW, b"Tran Thi Buoi"))
    assert str(caught.value) == "a.b: not the ciphertext of this row"


def test_blind_index_is_equal_for_equal_values_of_one_column_only():
    found = {
        blind_index("phone", "+84750123456"),
        blind_index("phone", "+84750123456"),
        blind_index("name", "+84750123456"),
    }
    assert len(found) == 2
    assert {len(index) for index in found} == {64}


def test_blind_index_needs_the_key():
    with override_settings(LOOKUP_KEY=OLD):
        one = blind_index("phone", "+84750123456")
    with override_settings(LOOKUP_KEY=NEW):
        assert blind_index("phone", "+84750123456") != one
    assert one != hashlib.sha256(b"phone:+84750123456").hexdigest()


def test_purposes_have_different_keys():
    assert (
        len({derive_key("codes"), derive_key("forms"), keyed_digest("codes", ""), keyed_digest("forms", "")})
        == 4
    )
    assert len(derive_key("codes")) == 32


def test_new_code_key_changes_derived_keys_at_once():
    with override_settings(CODE_KEY=OLD):
        one = derive_key("codes")
    with override_settings(CODE_KEY=NEW):
        assert derive_key("codes") != one
