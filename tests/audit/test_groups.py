"""The group in society that a speaker speaks for."""

from __future__ import annotations

import pytest

from onrecord.audit.groups import GROUPS, group_of, group_of_organization, group_of_words
from onrecord.document import Speaker


@pytest.mark.parametrize(
    ("role", "group"),
    [
        ("mayor of Easton", "government"),
        ("spokeswoman for the Department of Health", "government"),
        ("White House press secretary", "government"),
        ("Norland's foreign minister", "government"),
        ("former President", "government"),
        ("Russian president", "government"),
        ("Attorney General", "government"),
        ("Democratic senator", "party politics"),
        ("presidential candidate", "party politics"),
        ("opposition leader", "party politics"),
        ("a campaign spokesman", "party politics"),
        ("police chief", "police, courts and military"),
        ("U.S. District Judge", "police, courts and military"),
        ("lawyer for the owners", "police, courts and military"),
        ("retired army officer", "police, courts and military"),
        ("chief executive of the airline", "business"),
        ("bank spokesman", "business"),
        ("shipowner", "business"),
        ("president of the Easton Shipping Corporation", "business"),
        ("professor of law at the University of Easton", "experts"),
        ("an economist at the bank", "experts"),
        ("political scientist", "experts"),
        ("hospital director", "health"),
        ("a nurse", "health"),
        ("teacher", "education"),
        ("harbour union leader", "NGOs and unions"),
        ("human rights activist", "NGOs and unions"),
        ("director of Amnesty International", "NGOs and unions"),
        ("a resident of Easton", "citizens"),
        ("eyewitnesses", "unknown"),
        ("witnesses", "citizens"),
        ("the victim's father", "citizens"),
        ("football coach", "sport and culture"),
        ("singer-songwriter", "sport and culture"),
        ("columnist for the Easton Times", "media"),
        ("archbishop of Easton", "religion"),
        ("spokesman for the Vatican", "religion"),
        ("a spokesman", "unknown"),
        ("leader", "unknown"),
        ("", "unknown"),
        ("of", "unknown"),
    ],
)
def test_a_role_tells_the_group(role: str, group: str) -> None:
    assert group_of_words(role) == group
    assert group in GROUPS


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("Easton Police Department", "police, courts and military"),
        ("University of Easton", "experts"),
        ("Norland Ministry of Defence", "government"),
        ("Supreme Court", "police, courts and military"),
        ("Easton Liberal Party", "party politics"),
        ("Lund Shipping Inc.", "business"),
        ("Dockers' Union", "NGOs and unions"),
        ("Easton Times", "media"),
        ("Harbourside", "unknown"),
    ],
)
def test_an_organization_is_known_by_its_name(name: str, group: str) -> None:
    assert group_of_organization(name) == group


def test_countries_are_governments_and_documents_are_nobodys() -> None:
    assert group_of(Speaker("Russia", kind="organization")) == "government"
    assert group_of(Speaker(None, kind="document", description="the police report")) == "document"
    assert group_of(Speaker(None, kind="person", description="a police officer")) == "police, courts and military"
    assert group_of(Speaker("Ada Lund", kind="person")) == "unknown"
