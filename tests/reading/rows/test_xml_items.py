"""Feeds and agencies' XML: their articles, whatever is broken around them."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import pytest

from onrecord.errors import InputError
from onrecord.reading import find_inputs, read_article
from onrecord.reading.documents.fragment import fragment_text
from onrecord.reading.rows import feed, xml_items, xml_stream

ITEM = "<item><title>{0}</title><description>&lt;p&gt;“{0},” she said.&lt;/p&gt;</description></item>"


def rows(text: str, encoding: str = "utf-8") -> list[dict[str, object] | str]:
    found: Iterable[object] = xml_items.rows(io.BytesIO(text.encode(encoding)), "f.xml")
    return [str(row) if isinstance(row, InputError) else dict(row) for row in found]  # type: ignore[call-overload]


def rss(*items: str) -> str:
    return f'<rss version="2.0"><channel><title>Easton &amp; Echo</title>{"".join(items)}</channel></rss>'


def text_of(row: dict[str, object] | str) -> str:
    assert isinstance(row, dict)
    return fragment_text(str(row["html"])) if "html" in row else str(row["text"])


def test_an_entry_of_rss_has_the_fullest_text_and_what_is_said_of_it() -> None:
    item = (
        '<item xmlns:c="http://purl.org/rss/1.0/modules/content/"><title>Port &amp;amp; city</title>'
        "<link>https://example.org/1</link><pubDate>Mon, 02 Mar 2026 23:30:00 -0500</pubDate>"
        "<description>Teaser.</description><c:encoded><![CDATA[<p>One &amp; two,<br>three.</p><script>x()</script>"
        "<figure><figcaption>Photo</figcaption></figure><p>“Four.”</p><p>Continue reading…</p>]]></c:encoded></item>"
    )
    (row,) = rows(rss(item))
    assert isinstance(row, dict)
    assert text_of(row) == "One & two,\nthree.\n\n“Four.”"
    said = {name: row[name] for name in ("title", "date", "outlet", "url")}
    assert said == {
        "title": "Port & city", "date": "2026-03-02", "outlet": "Easton & Echo", "url": "https://example.org/1",
    }  # fmt: skip


def test_an_entry_of_atom_in_xhtml_is_read_with_its_alternate_link() -> None:
    (row,) = rows(
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Echo</title><entry><title type="html">A &lt;i&gt;b&lt;/i&gt;'
        '</title><link rel="self" href="https://example.org/self"/><link href="https://example.org/a"/>'
        '<updated>2026-03-02T09:00:00Z</updated><summary>No.</summary><content type="xhtml"><div '
        'xmlns="http://www.w3.org/1999/xhtml"><p>One.</p><p>Two <a href="x">words</a>.</p></div></content></entry>'
        "</feed>"
    )
    assert isinstance(row, dict)
    assert (text_of(row), row["title"], row["url"]) == ("One.\n\nTwo words.", "A b", "https://example.org/a")


def test_a_teaser_is_read_and_an_entry_without_text_is_an_error() -> None:
    teaser, empty = rows(rss(ITEM.format("Yes"), "<item><title>Only this</title></item>"))
    assert text_of(teaser) == "“Yes,” she said."
    assert empty == "f.xml: item 2: an entry without text (Only this); save the article that it links to"


def test_a_broken_entry_is_its_error_and_those_around_it_are_read() -> None:
    one, broken, three = rows(rss(ITEM.format("One"), "<item><title>No <b>end</title></item>", ITEM.format("Three")))
    assert (text_of(one), text_of(three)) == ("“One,” she said.", "“Three,” she said.")
    assert isinstance(broken, str) and broken.startswith("f.xml: item 2: not readable as XML (Opening and ending tag")


def test_a_broken_entry_costs_the_feed_nothing_that_stands_around_it() -> None:
    one, _, three = rows(
        '<?xml version="1.0"?><!DOCTYPE a:feed><a:feed xmlns:a="http://www.w3.org/2005/Atom" xmlns:x="urn:a&amp;b" '
        'x:y="&lt;"><a:title>Echo</a:title><x:part><x:inner xmlns:x="urn:c"><a:entry><a:summary>One.</a:summary>'
        "</a:entry><a:entry><a:summary>No</a:entry><a:entry><a:summary>Three.</a:summary></a:entry></x:inner></x:part>"
        "</a:feed>"
    )
    assert isinstance(one, dict) and isinstance(three, dict)
    assert (text_of(three), three["outlet"]) == ("Three.", "Echo")


def test_many_broken_entries_are_not_paid_for_with_the_head_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    fed = 0
    make = xml_stream._parser

    class Counting:
        def __init__(self, around: str) -> None:
            self._parser = make("")
            self.feed(around.encode())

        def feed(self, data: bytes) -> None:
            nonlocal fed
            fed += len(data)
            self._parser.feed(data)

        def __getattr__(self, name: str) -> object:
            return getattr(self._parser, name)

    monkeypatch.setattr(xml_stream, "_parser", Counting)
    text = rss("<x>y</x>" * 20_000, *["<item><b></item>"] * 500, ITEM.format("Last"))
    *broken, last = rows(text)
    assert len(broken) == 500
    assert isinstance(last, dict) and last["outlet"] == "Easton & Echo"
    assert fed < 2 * len(text)


def test_the_title_of_a_feed_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    line = feed._as_line
    monkeypatch.setattr(feed, "_as_line", lambda markup: read.append(markup) or line(markup))
    assert len(rows(rss(*[ITEM.format("One")] * 50))) == 50
    assert read.count("Easton & Echo") == 1


def test_what_must_be_opened_again_after_a_broken_entry_is_bounded() -> None:
    names = "".join(f' xmlns:n{number}="urn:{number}"' for number in range(2_000))
    one, broken, end = rows(
        f"<rss{names}><channel>{ITEM.format('One')}<item><b></item>{ITEM.format('Three')}</channel></rss>"
    )
    assert isinstance(one, dict)
    assert isinstance(broken, str) and "item 2: not readable as XML" in broken
    assert isinstance(end, str) and "is not read after item 2" in end


def test_an_entry_that_never_ends_is_over_the_limit_however_many_are_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_stream, "_LARGEST_ITEM", 10_000)
    found = rows(rss("<item>" + ITEM.format("x" * 100) * 200))
    assert isinstance(found[0], str) and "longer than any article" in found[0]


@pytest.mark.parametrize("between", ["", '\n<?xml version="1.0"?>\n<!-- next -->\n', "<!DOCTYPE newsitem>"])
def test_documents_of_one_item_that_were_put_together_are_all_read(between: str) -> None:
    item = "<newsitem><title>{0}</title><text><p>“Yes {0}.”</p></text></newsitem>"
    found = rows(between.join(item.format(number) for number in range(4)) + between)
    assert [text_of(row) for row in found] == [f"“Yes {number}.”" for number in range(4)]


def test_what_follows_a_document_and_is_none_is_an_error() -> None:
    text = "<newsitem><title>One</title><text><p>“Yes.”</p></text></newsitem>"
    for rest in ("<b>x</b>", "x>", "<?xml?><!-- a --> x"):
        _, error = rows(text + rest)
        assert isinstance(error, str) and "item 1: not readable as XML" in error


def test_feeds_that_were_put_together_cost_one_error_for_each_seam() -> None:
    found = rows(rss(ITEM.format("One"), ITEM.format("Two")) + rss(*map(ITEM.format, ("Three", "Four", "Five"))))
    assert [isinstance(row, str) for row in found] == [False, False, True, False, False, False]
    assert [text_of(row) for row in found[3:]] == ["“Three,” she said.", "“Four,” she said.", "“Five,” she said."]


def test_a_file_that_ends_too_early_gives_what_is_whole_and_one_error() -> None:
    text = rss(ITEM.format("One"), ITEM.format("Two"))
    one, cut = rows(text[: text.index("Two,")])
    assert text_of(one) == "“One,” she said."
    assert isinstance(cut, str) and "ends too early or is damaged after item 2" in cut


def test_what_feeds_get_wrong_in_xml_is_mended() -> None:
    text = '\n<?xml version="1.0" encoding="iso-8859-1"?>' + rss(
        "<item><title>A & B&nbsp;\x0b&#133;</title><description>caf\xe9 “yes”</description></item>"
    )
    (row,) = rows(text, "cp1252")
    assert isinstance(row, dict)
    assert (row["title"], text_of(row)) == ("A & B …", "café “yes”")
    (row,) = rows(text.replace("iso-8859-1", "utf-16"), "utf-16")
    assert text_of(row) == "café “yes”"


def test_entities_of_the_file_are_not_expanded_and_no_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    subset = f'<!DOCTYPE rss [<!ENTITY a "AAAA"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "{secret.as_uri()}">]>'
    (row,) = rows(subset + rss("<item><title>&b;</title><description>x &f; y</description></item>"))
    assert isinstance(row, dict)
    assert (row["title"], text_of(row)) == ("&b;", "x &f; y")


def test_nitf_is_read_without_captions_and_without_the_lead_twice() -> None:
    (row,) = rows(
        '<nitf><head><docdata><date.issue norm="20260302T090000Z"/></docdata><pubdata name="The Echo" '
        'ex-ref="https://example.org/x"/></head><body><body.head><hedline><hl1>Port grows</hl1></hedline><byline>By Sam'
        '</byline></body.head><body.content><block class="lead_paragraph"><p>LEAD: One.</p></block><block '
        'class="full_text"><p>LEAD: One.</p><p>One.</p><p>Two<media><media-caption>Photo</media-caption></media>.</p>'
        "</block></body.content></body></nitf>"
    )
    assert row == {
        "text": "One.\n\nTwo.", "title": "Port grows", "date": "2026-03-02", "outlet": "The Echo",
        "url": "https://example.org/x", "author": "By Sam",
    }  # fmt: skip


def test_newsml_g2_gives_its_items_of_text_and_leaves_out_pictures() -> None:
    found = rows(
        '<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet><newsItem><itemMeta><provider qcode="p:WP">'
        "<name>Weston Press</name></provider><versionCreated>2026-03-02T09:00:00Z</versionCreated></itemMeta>"
        '<contentMeta><headline>H</headline></contentMeta><contentSet><inlineXML><html xmlns="http://www.w3.org/1999/'
        'xhtml"><head><title>no</title></head><body><p>One.</p><p>Two.</p></body></html></inlineXML></contentSet>'
        '</newsItem><newsItem><itemMeta><itemClass qcode="ninat:picture"/></itemMeta><contentSet><remoteContent/>'
        "</contentSet></newsItem><newsItem><contentSet><inlineData>Three.\n\nFour.</inlineData></contentSet></newsItem>"
        "</itemSet></newsMessage>"
    )
    assert [text_of(row) for row in found] == ["One.\n\nTwo.", "Three.\n\nFour."]
    assert isinstance(found[0], dict)
    assert (found[0]["outlet"], found[0]["date"]) == ("Weston Press", "2026-03-02")


def test_newsml_1_and_items_of_reuters_corpora_are_read() -> None:
    (row,) = rows(
        "<NewsML><NewsItem><Identification><NewsIdentifier><ProviderId>weston.example</ProviderId><DateId>20260302"
        "</DateId></NewsIdentifier></Identification><NewsComponent><NewsLines><HeadLine>H</HeadLine></NewsLines>"
        "<ContentItem><DataContent><p>One.</p></DataContent></ContentItem></NewsComponent></NewsItem></NewsML>"
    )
    assert row == {"text": "One.", "title": "H", "date": "2026-03-02", "outlet": "weston.example"}
    (row,) = rows('<newsitem date="1996-08-20"><headline>H</headline><text><p>A.</p><p>B.</p></text></newsitem>')
    assert row == {"text": "A.\n\nB.", "title": "H", "date": "1996-08-20"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<urlset/>", "an XML file of another kind (<urlset>)"),
        ("hello", "not XML"),
        ("<rss><channel/></rss>", "no articles in it"),
    ],
)
def test_other_xml_is_refused_in_one_line(text: str, problem: str) -> None:
    (line,) = rows(text)
    assert isinstance(line, str) and problem in line and "\n" not in line


def test_a_large_feed_is_read_in_little_memory() -> None:
    import tracemalloc

    items = (ITEM.format(f"{number} {'x' * 5000}") for number in range(2000))
    stream = io.BytesIO(rss(*items).encode())
    tracemalloc.start()
    assert sum(not isinstance(row, InputError) for row in xml_items.rows(stream, "f.xml")) == 2000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000


def test_a_folder_of_xml_reads_what_is_news_and_leaves_out_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(rss(ITEM.format("We will not close the old harbour, and that is my last word")))
    (tmp_path / "sitemap.xml").write_text("<urlset/>")
    (item,) = find_inputs([tmp_path])
    assert item.doc == "a.xml#1"
    assert read_article(item).meta.outlet == "Easton & Echo"
