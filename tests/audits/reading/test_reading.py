"""Documents of each format become lines with places, and audits find in them what they find in text."""

import io
import json
import zipfile
from pathlib import Path

import docx
import pytest

from deepstudy import audit
from deepstudy.audits.reading import read_document
from deepstudy.audits.reading.layout import read_layout
from deepstudy.audits.reading.reader import read_statements
from deepstudy.errors import InputError

FIRST = "LeNet-5 on MNIST"
WRONG = "fc3 has 84x10 = 850 weights."
RIGHT = "fc2 has 120x84 = 10,080 weights."


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def places(path: Path) -> list[tuple[str, str]]:
    return [(line.place, line.text) for line in read_document(path).lines]


def wrong_place(path: Path) -> str:
    """Where the audit of a document finds its one impossible figure."""
    (finding,) = (each for each in audit(path).findings if each.severity == "impossible")
    assert finding.reported == "84x10 = 850"
    return finding.where


# Text ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "sentence"),
    [
        ("utf-8", "Test accuracy: 98.5 %, naïve"),
        ("utf-16", "Test accuracy: 98.5 %, naïve"),
        ("gb18030", "测试集的准确率是98.5%,训练集的准确率是99.1%。我们使用了卷积神经网络。"),
        ("cp949", "테스트 정확도는 98.5%이고 학습 정확도는 99.1%이다. 합성곱 신경망을 사용하였다."),
        ("shift_jis", "テストデータの精度は98.5%で、学習データの精度は99.1%でした。畳み込みを使いました。"),
        (
            "latin-1",
            "La précision sur les données de test est de 98,5 %. Le réseau a été entraîné pendant dix époques.",
        ),
    ],
)
def test_texts_in_common_encodings_are_read(tmp_path: Path, encoding: str, sentence: str) -> None:
    path = write(tmp_path / "report.txt", (f"{sentence}\n" * 3).encode(encoding))
    assert places(path) == [(str(number), sentence) for number in (1, 2, 3)]


def test_a_long_text_is_not_cut_in_a_letter_to_guess_its_encoding(tmp_path: Path) -> None:
    sentence = "测试集的准确率是98.5%,训练集的准确率是99.1%。我们使用了卷积神经网络。"
    path = write(tmp_path / "report.txt", (f"{sentence}\n" * 5000).encode("gb18030"))
    assert {text for _, text in places(path)} == {sentence}


def test_nesting_without_end_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is nested too deeply; save the report as text"):
        read_document(write(tmp_path / "report.html", "<ul><li>" * 5000 + "text"))


@pytest.mark.parametrize("content", [b"\x89PNG\r\n", b"PK\x03\x04 a zip", b"a\0b", b"\x1f\x8b gzip"])
def test_what_is_not_text_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError, match="is not a text file; save the report as"):
        read_document(write(tmp_path / "report.txt", content))


# Notebooks ----------------------------------------------------------------------------------------------------------


def test_a_notebook_is_read_cell_by_cell(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# LeNet-5\n", WRONG]},
        {
            "cell_type": "code",
            "source": "train()",
            "outputs": [
                {"output_type": "stream", "text": ["0%|\r50%|\r100%| done\n", "Test accuracy: 98.50 %\n"]},
                {"output_type": "display_data", "data": {"image/png": "aGk=", "text/plain": "<Figure>"}},
                {"output_type": "execute_result", "data": {"text/html": "<table><tr><th>a</th></tr></table>"}},
            ],
        },
    ]
    path = write(tmp_path / "lab.ipynb", json.dumps({"cells": cells, "nbformat": 4}))
    assert places(path) == [
        ("cell 1, line 1", "# LeNet-5"),
        ("cell 1, line 2", WRONG),
        ("cell 2, line 1", "train()"),
        ("output of cell 2, line 1", "100%| done"),
        ("output of cell 2, line 2", "Test accuracy: 98.50 %"),
        ("output of cell 2, line 3", ""),
        ("output of cell 2, line 1", "<Figure>"),
        ("output of cell 2", "| a |"),
        ("output of cell 2", "|---|"),
    ]
    assert wrong_place(path) == "lab.ipynb, cell 1, line 2"


@pytest.mark.parametrize("content", ["{}", "[]", '{"cells": [3]}', "not json"])
def test_what_is_no_notebook_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(InputError, match="is not a notebook; open it in Jupyter"):
        read_document(write(tmp_path / "lab.ipynb", content))


# HTML ---------------------------------------------------------------------------------------------------------------


def test_a_page_is_read_block_by_block(tmp_path: Path) -> None:
    page = f"""<html><head><title>no</title><style>p {{}}</style></head><body>
<script>var accuracy = 1</script>
<h2>LeNet-5 &amp; more</h2>
<div>{WRONG}<p>One   <b>two</b>
three</p></div>
<ul><li>first</li><li>second</li></ul>
<table><tr><th>network</th><th>accuracy</th></tr>
<tr><td>a|b</td><td>98.5 %</td></tr></table>
<pre>Epoch 1
  loss 2.3</pre>
</body></html>"""
    path = write(tmp_path / "report.html", page)
    assert places(path) == [
        ("3", "## LeNet-5 & more"),
        ("4", WRONG),
        ("4", "One two three"),
        ("6", "* first"),
        ("6", "* second"),
        ("7", "| network | accuracy |"),
        ("7", "|---|---|"),
        ("8", "| a/b | 98.5 % |"),
        ("9", "Epoch 1"),
        ("10", "  loss 2.3"),
    ]
    assert wrong_place(path) == "report.html:4"


def test_a_page_of_a_windows_editor_keeps_what_programs_printed(tmp_path: Path) -> None:
    page = f"<p>{WRONG}</p>\r\n<pre>Epoch 1\r\n  loss 2.9\rloss 2.3\r\n</pre>\r\n"
    path = tmp_path / "report.html"
    path.write_bytes(page.encode())
    assert places(path) == [("1", WRONG), ("2", "Epoch 1"), ("3", "loss 2.3")]


# LaTeX --------------------------------------------------------------------------------------------------------------


def test_latex_is_read_as_a_reader_sees_it(tmp_path: Path) -> None:
    source = r"""\documentclass{article}
\begin{document}
\section{Results} % 99.9 \% is only a comment
The test accuracy is $98.5\,\%$
on \textbf{10,000} images.

fc3 has $84 \times 10 = 850$ weights.
\begin{itemize}
\item Adam, learning rate 0.001
\end{itemize}
\begin{table}
\begin{tabular}{lr}
\toprule
network & accuracy (\%) \\ \midrule
LeNet-5 & 98.5 \\[2pt] % old: 97.1 \\
\multicolumn{1}{l}{VGG} & 99.1 \\
\bottomrule
\end{tabular}
\caption{All networks}
\end{table}
\begin{verbatim}
Epoch 1, accuracy 12.5%, loss 2.30
\end{verbatim}
\includegraphics[width=3cm]{figure1.png}
\end{document}
"""
    path = write(tmp_path / "report.tex", source)
    lines = places(path)
    assert ("3", "# Results") in lines
    assert ("4", "The test accuracy is 98.5 % on 10,000 images.") in lines
    assert [text for _, text in lines if text.startswith("|")] == [
        "| network | accuracy (%) |",
        "|---|---|",
        "| LeNet-5 | 98.5 |",
        "| VGG | 99.1 |",
    ]
    assert ("22", "Epoch 1, accuracy 12.5%, loss 2.30") in lines
    assert not [text for _, text in lines if "99.9" in text or "figure1" in text or "g r a p h" in text]
    (finding,) = (each for each in audit(path).findings if each.severity == "impossible")
    assert (finding.where, finding.rule) == ("report.tex:7", "parameters")


# Word ---------------------------------------------------------------------------------------------------------------


def test_a_word_file_is_read_in_its_order(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading(FIRST, level=1)
    document.add_paragraph(WRONG)
    table = document.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, (("network", "accuracy"), ("LeNet-5", "98.5 %")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.add_paragraph("the end", style="List Bullet")
    document.save(str(tmp_path / "report.docx"))
    assert places(tmp_path / "report.docx") == [
        ("paragraph 1", f"# {FIRST}"),
        ("paragraph 2", WRONG),
        ("table 1, row 1", "| network | accuracy |"),
        ("table 1, row 1", "|---|---|"),
        ("table 1, row 2", "| LeNet-5 | 98.5 % |"),
        ("paragraph 3", "* the end"),
    ]
    assert wrong_place(tmp_path / "report.docx") == "report.docx, paragraph 2"


def test_word_files_without_text_or_of_another_kind_are_refused(tmp_path: Path) -> None:
    docx.Document().save(str(tmp_path / "empty.docx"))
    with pytest.raises(InputError, match="holds no text"):
        read_document(tmp_path / "empty.docx")
    with pytest.raises(InputError, match="is not a Word file"):
        read_document(write(tmp_path / "report.docx", b"PK\x03\x04 no"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (201 * 2**20))
    with pytest.raises(InputError, match="unpacks to more than 200 MiB"):
        read_document(write(tmp_path / "bomb.docx", packed.getvalue()))


# PDF ----------------------------------------------------------------------------------------------------------------


def pdf(texts: list[tuple[float, float, str]], lines: list[tuple[float, float, float, float]] = ()) -> bytes:  # type: ignore[assignment]
    """A page of 600 x 800 points with texts of 10 points in Courier, and ruled lines; y grows downwards."""
    drawn = [f"BT /F1 10 Tf 1 0 0 1 {x} {800 - y} Tm ({text}) Tj ET" for x, y, text in texts]
    drawn += [f"{x0} {800 - y0} m {x1} {800 - y1} l S" for x0, y0, x1, y1 in lines]
    stream = "\n".join(drawn).encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    return body + b"xref\n0 5\n0000000000 65535 f \n" + table + end


FILLER = "The network has two convolutions and is trained for ten epochs with"


def test_a_pdf_has_wrapped_lines_joined_and_tables_as_rows(tmp_path: Path) -> None:
    texts = [(50, 50, FIRST), (50, 90, FILLER), (50, 102, "batches of 64. It has a nice accu-"), (50, 140, WRONG)]
    texts[2] = (50, 102, "stochastic gradient descent and a learning rate of 0.01 on all digi-")
    texts.insert(3, (50, 114, "ts of the data set."))
    texts += [(60, 215, "network"), (210, 215, "accuracy"), (60, 235, "LeNet-5"), (210, 235, "98.5 %")]
    rules = [(50, y, 350, y) for y in (200, 220, 240)] + [(x, 200, x, 240) for x in (50, 200, 350)]
    path = write(tmp_path / "report.pdf", pdf(texts, rules))
    assert places(path) == [
        ("page 1, line 1", FIRST),
        (
            "page 1, line 2",
            f"{FILLER} stochastic gradient descent and a learning rate of 0.01 on all digits of the data set.",
        ),
        ("page 1, line 5", WRONG),
        ("page 1, table 1, row 1", "| network | accuracy |"),
        ("page 1, table 1, row 1", "|---|---|"),
        ("page 1, table 1, row 2", "| LeNet-5 | 98.5 % |"),
    ]
    assert wrong_place(path) == "report.pdf, page 1, line 5"


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    left = [f"left column has line {number} of a long text," for number in range(14)]
    right = [f"right column has line {number} of the other text" for number in range(14)]
    texts = [(40, 100 + 12 * number, text) for number, text in enumerate(left)]
    texts += [(320, 100 + 12 * number, text) for number, text in enumerate(right)]
    texts.append((150, 60, "A title that crosses the middle of the page"))
    text = read_document(write(tmp_path / "report.pdf", pdf(texts))).text
    assert text.index("A title") < text.index("left column has line 0")
    assert text.index("left column has line 13") < text.index("right column has line 0")
    table = [(x, 100 + 12 * row, f"0.{row}{x}") for row in range(14) for x in (60, 200, 340, 480)]
    table.append((60, 60, "A table without rules, whose middle no word crosses, is not two columns of text"))
    lines = places(write(tmp_path / "table.pdf", pdf([*table, *((60, 400, FILLER) for _ in range(1))])))
    assert ("page 1, line 2", "0.060  0.0200  0.0340  0.0480") in lines


def test_pdfs_without_text_and_damaged_ones_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"scanned\.pdf: has no text layer, so it is probably scanned; run OCR"):
        read_document(write(tmp_path / "scanned.pdf", pdf([(50, 50, "page 1")])))
    with pytest.raises(InputError, match="is a damaged PDF"):
        read_document(write(tmp_path / "report.pdf", b"%PDF-1.4 and nothing"))


@pytest.mark.parametrize(("name", "module"), [("report.pdf", "pdfplumber"), ("report.docx", "docx")])
def test_without_the_extra_the_message_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, module: str
) -> None:
    monkeypatch.setitem(__import__("sys").modules, module, None)
    with pytest.raises(InputError, match=r"need an extra; install it: pip install 'deepstudy\[documents\]'"):
        read_document(write(tmp_path / name, b"%PDF-1.4" if name.endswith("pdf") else b"PK"))


@pytest.mark.parametrize("number", [r"54\,000", "54{,}000", r"\num{54000}", "54~000"])
def test_thousands_of_latex_stay_one_number(tmp_path: Path, number: str) -> None:
    source = r"\documentclass{article}\begin{document}We keep %s training images.\end{document}" % number  # noqa: UP031
    document = read_document(write(tmp_path / "report.tex", source))
    statements, unread = read_statements(document, read_layout(document))
    assert [(each.metric, each.split, each.value) for each in statements] == [("images", "train", 54000)]
    assert not unread
