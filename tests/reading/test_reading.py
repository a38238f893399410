"""From files to articles: encodings, what is refused and how, which files are taken, and languages."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from onrecord.errors import InputError, NotEnglishError
from onrecord.reading import File, Input, decode, detect_language, find_inputs, read_article

TEXT = "“We can’t go on,” said the mayor, Zoë Ruiz.\r\nShe left – for good.\n"
ENGLISH = "The mayor said on Monday that the city would not close the old swimming pool after all. "


def docs(*paths: Path) -> list[str]:
    return [item.doc for item in find_inputs(list(paths))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.txt", "a.TXT", "sub/c.txt", "sub.d/e.txt", ".hidden.txt", ".git/f.txt", "notes.doc", "sub/.g.txt"):
        path = tmp_path / "news" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(ENGLISH)
    return tmp_path / "news"


@pytest.mark.parametrize(
    ("codec", "expected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "windows-1252"),
    ],
)
def test_an_encoding_is_found_and_named_so_that_it_decodes_again(codec: str, expected: str) -> None:
    data = TEXT.encode(codec)
    assert decode(data, "a.txt") == (TEXT, expected)
    assert data.decode(expected) == TEXT


def test_other_encodings_are_found_and_recorded() -> None:
    text = "Мэр заявил в понедельник, что город всё же не закроет старый бассейн. Расходы оказались ниже, чем ожидали."
    found, encoding = decode(text.encode("cp1251"), "a.txt")
    assert (found, encoding) == (text, "cp1251")


def test_big_endian_with_a_byte_order_mark() -> None:
    assert decode(b"\xfe\xff" + TEXT.encode("utf-16-be"), "a.txt") == (TEXT, "utf-16")


@given(st.binary())
@example(TEXT.encode())
@example(b"\xff\xfea")
@example(b"caf\xe9")
def test_what_is_decoded_decodes_to_the_same_text(data: bytes) -> None:
    try:
        text, encoding = decode(data, "a.txt")
    except InputError as error:
        assert str(error).startswith("a.txt: ")
        assert "\n" not in str(error)
    else:
        assert data.decode(encoding) == text
        assert text.strip()


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1).filter(str.strip))
def test_any_text_in_utf8_is_read_as_such(text: str) -> None:
    text = "A " + text
    assert decode(text.encode(), "a.txt") == (text, "utf-8")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"\xef\xbb\xbf", "only white space"),
        ("\u3000\u200b\n".encode(), "only white space"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a PNG image, not a text"),
        (b"PK\x03\x04\x14\x00", "a ZIP archive"),
        (b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n", "a PDF document"),
        (b"\x7fELF\x02\x01\x01\x00", "a program"),
        (b"{\\rtf1\\ansi Hello.}", "an RTF document"),
        (b"Some text\x00and a NUL", "binary data"),
        (bytes(range(256)) * 4, "binary data"),
        (b"\x01\x02\x03\x04 text \x05\x06", "binary data"),
        (b"\xff\xfea", "damaged"),
        (b"a" * 5_000_001, "5.0 million characters"),
        ("A lone half, and more after it: \udc81.".encode("utf-16-le", "surrogatepass"), "damaged"),
        ("“One,” “two,” “three.” ".encode() + b"\xe2\x80 end", "UTF-8, but damaged at byte"),
    ],
)
def test_what_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(InputError, match=r"^news/a\.txt: [^\n]+; [^\n]+$") as caught:
        decode(data, "news/a.txt")
    assert words in str(caught.value)


def test_a_folder_is_read_in_order_without_what_is_hidden(folder: Path) -> None:
    assert docs(folder) == ["a.TXT", "b.txt", "sub.d/e.txt", "sub/c.txt"]


def test_one_file_is_called_by_its_name(folder: Path) -> None:
    assert docs(folder / "sub" / "c.txt") == ["c.txt"]
    assert docs(folder / "notes.doc") == ["notes.doc"]


def test_several_inputs_are_called_as_given(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert docs(Path("sub"), Path("b.txt"), Path("-")) == ["-", "b.txt", "sub/c.txt"]


def test_a_file_named_twice_is_read_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert docs(Path("b.txt"), folder / "b.txt", Path("sub/../b.txt")) == ["b.txt"]
    assert docs(Path("sub/c.txt"), Path("sub")) == ["sub/c.txt"]
    assert docs(Path("-"), Path("-")) == ["-"]


def test_links_are_read_once_and_loops_not_followed(folder: Path) -> None:
    (folder / "sub" / "loop").symlink_to(folder)
    (folder / "z.txt").symlink_to(folder / "b.txt")
    assert docs(folder) == ["a.TXT", "b.txt", "sub.d/e.txt", "sub/c.txt"]


def test_a_broken_link_is_not_lost(folder: Path) -> None:
    (folder / "broken.txt").symlink_to(folder / "nowhere")
    (item,) = [item for item in find_inputs([folder]) if item.doc == "broken.txt"]
    with pytest.raises(InputError, match="cannot be read"):
        read_article(item)
    with pytest.raises(InputError, match="a link to a file that does not exist"):
        find_inputs([folder / "broken.txt"])


@pytest.mark.skipif(sys.platform != "linux", reason="other systems allow text only in names")
def test_a_file_name_that_is_not_text_is_shown_escaped(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\xff.txt"))
    path.write_text(ENGLISH)
    assert docs(tmp_path) == ["a\\xff.txt"]
    assert read_article(find_inputs([tmp_path])[0]).text == ENGLISH


def test_paths_without_articles_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        find_inputs([tmp_path / "missing"])
    with pytest.raises(InputError, match=r"no articles in this folder or below it \(files that are called \*\.txt, "):
        find_inputs([tmp_path])
    with pytest.raises(InputError, match="no input"):
        find_inputs([])
    with pytest.raises(InputError, match=r"a\\nb': no such file"):
        find_inputs([Path("a\nb")])


def test_an_article_has_its_text_name_language_and_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.encode("cp1252"))
    article = read_article(Input("a.txt", File(path)))
    assert (article.doc, article.text) == ("a.txt", TEXT)
    assert (article.meta.language, article.meta.encoding, article.meta.title) == ("en", "windows-1252", None)


def test_standard_input_is_an_article_and_may_not_be_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode("utf-16"))))
    (item,) = find_inputs([Path("-")])
    assert read_article(item).text == TEXT
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    with pytest.raises(InputError, match=r"^standard input: empty"):
        read_article(item)


FOREIGN = {
    "de": "Der Bürgermeister sagte am Montag, die Stadt werde das alte Schwimmbad nun doch nicht schließen. Die "
    "Kosten seien niedriger als erwartet, und viele Bürger hätten sich beschwert.",
    "fr": "Le maire a déclaré lundi que la ville ne fermerait finalement pas la vieille piscine. Les coûts sont moins "
    "élevés que prévu et de nombreux habitants se sont plaints.",
    "es": "El alcalde dijo el lunes que la ciudad no cerrará finalmente la vieja piscina. Los costes son más bajos de "
    "lo esperado y muchos vecinos se habían quejado.",
    "nl": "De burgemeester zei maandag dat de stad het oude zwembad toch niet zal sluiten. De kosten zijn lager dan "
    "verwacht en veel bewoners hadden geklaagd.",
    "id": "Wali kota mengatakan pada hari Senin bahwa kota itu tidak akan menutup kolam renang lama. Biayanya lebih "
    "rendah dari yang diperkirakan dan banyak warga telah mengeluh.",
    "tr": "Belediye başkanı pazartesi günü yaptığı açıklamada eski yüzme havuzunun kapatılmayacağını söyledi. "
    "Maliyetler beklenenden düşük çıktı ve birçok vatandaş şikâyette bulundu.",
    "it": "Il sindaco ha detto lunedì che la città non chiuderà la vecchia piscina. I costi sono più bassi del "
    "previsto e molti cittadini si erano lamentati.",
    "pl": "Burmistrz powiedział w poniedziałek, że miasto jednak nie zamknie starego basenu. Koszty są niższe, niż "
    "oczekiwano, a wielu mieszkańców się skarżyło.",
    "ru": "Мэр заявил в понедельник, что город всё же не закроет старый бассейн. Расходы оказались ниже, чем ожидали.",
    "zh": "市长周一表示，该市最终不会关闭旧游泳池。费用低于预期，许多居民曾抱怨过。",
}


@pytest.mark.parametrize("language", FOREIGN)
def test_other_languages_are_recognized(language: str) -> None:
    text = FOREIGN[language]
    assert detect_language(text) == language
    assert detect_language(text * 20) == language
    assert detect_language(" ".join(text.split()[:10])) == language


def test_an_article_in_another_language_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(FOREIGN["de"], encoding="utf-8")
    with pytest.raises(NotEnglishError, match=r"a\.txt: not in English \(looks like 'de'\)"):
        read_article(Input("a.txt", File(path)))


@pytest.mark.parametrize("language", FOREIGN)
def test_english_with_some_of_another_language_is_english(language: str) -> None:
    menu = "\n".join(FOREIGN[language].split()[:12])
    quotation = f"He told the paper: “{FOREIGN[language]}”"
    assert detect_language(f"{menu}\n{ENGLISH}\n") == "en"
    assert detect_language(f"{ENGLISH * 4}\n{quotation}\n{ENGLISH}") == "en"


@pytest.mark.parametrize(
    "text",
    [
        "Storm kills five",
        "PRIME MINISTER RESIGNS",
        "Putin visits Tskhinvali",
        "Naoki Tanaka, Shogo Mitsui and Yoshiko Yamada met.",
        "Ilham Aliyev, Nikol Pashinyan and Recep Tayyip Erdogan met in Nakhchivan.",
        "MADRID — Real Sociedad beat Deportivo Alavés 2–1 at the Estadio de Anoeta, coach Asier Garitano said.",
        "123 456",
    ],
)
def test_short_english_and_foreign_names_are_english(text: str) -> None:
    assert detect_language(text) == "en"


def test_names_are_of_no_language() -> None:
    given, family = ("Elif", "Petra", "Milan", "Deniz", "Hugo"), ("Panaton", "Romatan", "Lubonen", "Kababon", "Tesitan")
    names = ", ".join(f"{first} {last}" for first in given for last in family)
    assert detect_language(f"“We will not close the harbour,” said Ada Brandt, the mayor.\n\n{names}") == "en"
    assert detect_language(f"{FOREIGN['de']}\n\n{names}") == "de"


def test_the_language_model_is_loaded_only_when_needed() -> None:
    check = "import sys, onrecord.reading; sys.exit('py3langid' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
