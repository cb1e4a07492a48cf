"""Folders of images of one's own."""

import errno
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageOps

from deepstudy.datasets import decoding
from deepstudy.errors import InputError
from deepstudy.loading import dataset, load


@pytest.fixture
def pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Red cats and blue dogs, 12x10 pixels, as PNG and JPEG."""
    monkeypatch.setenv("DEEPSTUDY_DATA", str(tmp_path / "data"))
    for split, count in (("train", 5), ("test", 2)):
        for label, colour in (("cat", (200, 0, 0)), ("dog", (0, 0, 200))):
            folder = tmp_path / "pets" / split / label
            folder.mkdir(parents=True)
            for number in range(count):
                image = Image.new("RGB", (12, 10), tuple(value + number for value in colour))
                image.save(folder / f"{number}.{'png' if number % 2 else 'jpg'}", quality=95)
    return tmp_path / "pets"


def test_what_is_transparent_is_seen_on_white(pictures: Path) -> None:
    for label, at in (("cat", 2), ("dog", 8)):
        for path in (pictures / "train" / label).iterdir():
            path.unlink()
        picture = Image.new("RGBA", (12, 10), (0, 0, 0, 0))
        picture.putpixel((at, 5), (0, 0, 0, 255))
        picture.save(pictures / "train" / label / "0.png")
        picture.quantize().save(pictures / "train" / label / "1.png")
    images = load("./pets", folder=pictures.parent).splits["train"].images
    dark = (images == 0).all(1).nonzero().tolist()
    assert sorted(column for _, _, column in dark) == [2, 2, 8, 8]
    assert int((images == 255).all(1).sum()) == 4 * (12 * 10 - 1)


def test_a_folder_of_images(pictures: Path) -> None:
    data = load("./pets", folder=pictures.parent, validation=2)
    assert (data.classes, data.name, data.published) == (("cat", "dog"), "./pets", True)
    assert {name: tuple(split.images.shape) for name, split in data.splits.items()} == {
        "train": (8, 3, 10, 12),
        "validation": (2, 3, 10, 12),
        "test": (4, 3, 10, 12),
    }
    test = data.splits["test"]
    assert test.labels.tolist() == [0, 0, 1, 1]
    assert test.images[1, :, 0, 0].tolist() == [201, 1, 1]


def test_images_are_decoded_once_for_what_they_hold(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    decode = decoding._decode
    monkeypatch.setattr(decoding, "_decode", lambda path, size: (seen.append(path.name), decode(path, size))[1])
    first = load(str(pictures))
    assert len(seen) == 14
    dataset._read_whole.cache_clear()
    moved = pictures.rename(pictures.with_name("moved"))
    assert load(str(moved)).fingerprint == first.fingerprint
    assert len(seen) == 14
    dataset._read_whole.cache_clear()
    Image.new("RGB", (12, 10)).save(moved / "test" / "cat" / "1.png")
    assert load(str(moved)).fingerprint != first.fingerprint
    assert len(seen) == 18  # the test images again, the training images not


def test_what_was_decoded_is_mapped_into_memory(pictures: Path) -> None:
    load(str(pictures))
    for path in (pictures.parent / "data" / "folders").glob("*.npy"):
        assert isinstance(decoding._read_cache(path), np.memmap)


def test_grey_images_among_coloured_ones_get_three_equal_channels(pictures: Path) -> None:
    Image.new("L", (12, 10), 77).save(pictures / "test" / "cat" / "0.jpg")
    image = load(str(pictures)).splits["test"].images[0]
    assert image.flatten().unique().tolist() == [77]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_images_are_turned_as_their_camera_was_held(tmp_path: Path, orientation: int) -> None:
    picture = Image.fromarray(np.arange(6, dtype=np.uint8).reshape(2, 3) * 40)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    picture.save(tmp_path / "x.png", exif=exif)
    with Image.open(tmp_path / "x.png") as image:
        expected = np.asarray(ImageOps.exif_transpose(image))
    assert decoding._decode(tmp_path / "x.png", None).tolist() == expected.tolist()
    assert decoding._shape([tmp_path / "x.png"], None) == (1, 1, *expected.shape)


def test_damage_to_what_the_camera_wrote_does_not_matter(tmp_path: Path) -> None:
    width, upside_down = (0x0100, 1, 1, 255), (0x0112, 3, 1, 3)  # a width of one byte, which Pillow cannot write again
    entries = b"".join(struct.pack("<HHII", *entry) for entry in (width, upside_down))
    exif = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 2) + entries + bytes(4)
    picture = Image.new("RGB", (16, 16))
    picture.paste((255, 0, 0), (0, 0, 16, 8))
    picture.save(tmp_path / "x.jpg", exif=exif, quality=95)
    with Image.open(tmp_path / "x.jpg") as image, pytest.raises(struct.error):
        ImageOps.exif_transpose(image)
    assert decoding._decode(tmp_path / "x.jpg", None)[[0, 15], 8, 0].tolist() == [0, 254]


@pytest.mark.parametrize("ending", ["webp", "bmp", "TIFF", "ppm"])
def test_images_may_have_the_formats_of_torchvisions_folders(pictures: Path, ending: str) -> None:
    Image.new("RGB", (12, 10), (3, 3, 3)).save(pictures / "train" / "dog" / f"more.{ending}")
    (pictures / "train" / "dog" / "notes.txt").write_text("no image, and no matter")
    assert len(load(str(pictures)).splits["train"]) == 11


def test_size_scales_and_crops_to_a_square(pictures: Path) -> None:
    assert load(str(pictures), size=16).splits["train"].images.shape == (10, 3, 16, 16)


def test_grey_images_have_one_channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPSTUDY_DATA", str(tmp_path / "data"))
    for folder in (tmp_path / "g" / split / label for split in ("train", "test") for label in "ab"):
        folder.mkdir(parents=True)
        Image.fromarray(np.full((9, 9), 7, np.uint8)).save(folder / "x.png")
    assert load(str(tmp_path / "g")).splits["train"].images.flatten().tolist() == [7] * 162
    Image.new("RGB", (9, 9)).save(tmp_path / "g" / "train" / "a" / "y.png")
    dataset._read_whole.cache_clear()
    with pytest.raises(InputError, match="train images are 3x9x9 but test images are 1x9x9"):
        load(str(tmp_path / "g"))


def test_a_damaged_cache_is_decoded_again(pictures: Path) -> None:
    before = load(str(pictures)).fingerprint
    for path in (pictures.parent / "data" / "folders").glob("*.npy"):
        path.write_bytes(path.read_bytes()[:200])
    dataset._read_whole.cache_clear()
    assert load(str(pictures)).fingerprint == before
    assert not list((pictures.parent / "data" / "folders").glob("*.writing"))


def test_sixteen_bit_grey_keeps_its_shades(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0, 30_000, 65_535]], np.uint16)).save(tmp_path / "x.png")
    assert decoding._decode(tmp_path / "x.png", None).tolist() == [[0, 117, 255]]
    (tmp_path / "x.pgm").write_bytes(b"P5 3 1 65535\n" + np.array([0, 30_000, 65_535], ">u2").tobytes())
    assert decoding._decode(tmp_path / "x.pgm", None).tolist() == [[0, 117, 255]]
    assert decoding._shape([tmp_path / "x.pgm"], None) == (1, 1, 1, 3)


def test_numbers_without_a_white_are_refused(pictures: Path) -> None:
    odd = pictures / "train" / "dog" / "odd.tif"
    for image in (Image.new("F", (12, 10), 0.5), Image.new("I", (12, 10), 70_000)):
        dataset._read_whole.cache_clear()
        image.save(odd)
        with pytest.raises(InputError, match=rf"{odd}: has 32-bit or float values"):
            load(str(pictures))


@pytest.mark.parametrize("header", [b"DDS |\x00\x00\x00" + bytes(120), b"\x89PNG\r\n\x1a\n"])
def test_whatever_bytes_are_no_image_is_one_line(pictures: Path, header: bytes) -> None:
    odd = pictures / "train" / "dog" / "odd.png"
    odd.write_bytes(header)
    with pytest.raises(InputError, match=f"{odd}: cannot be decoded"):
        load(str(pictures))


def test_names_that_are_not_utf8_are_told(pictures: Path) -> None:
    strange = os.fsdecode(os.fsencode(pictures / "train") + b"/caf\xe9")
    try:
        (pictures / "train" / "dog").rename(strange)
    except OSError:
        pytest.skip("this file system has no such names")
    with pytest.raises(InputError, match=r"caf\\udce9/0.jpg': the name is not UTF-8; rename it"):
        load(str(pictures))


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="a system without it")
def test_a_full_disk_is_told_before_anything_is_decoded(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full)
    monkeypatch.setattr(decoding, "_decode", None)
    with pytest.raises(InputError, match=r"\.npy: cannot be written: No space left on device; set DEEPSTUDY_DATA"):
        load(str(pictures))
    assert not list((pictures.parent / "data" / "folders").iterdir())


def test_what_is_wrong_is_said(pictures: Path) -> None:
    def message(size: int | None = None, **how: int) -> str:
        dataset._read_whole.cache_clear()
        with pytest.raises(InputError) as error:
            load(str(pictures), size=size, **how)
        assert "\n" not in str(error.value)
        return str(error.value)

    assert "has 10 training images, too few for 10 for validation" in message(validation=10)
    Image.new("RGB", (40, 30)).save(pictures / "train" / "dog" / "odd.png")
    assert (
        f"{pictures / 'train'}: images differ in size (dog/4.jpg 12x10, dog/odd.png 40x30); set data.size" in message()
    )
    (pictures / "train" / "dog" / "odd.png").write_bytes(b"no image")
    assert f"{pictures / 'train' / 'dog' / 'odd.png'}: cannot be decoded" in message(16)
    (pictures / "train" / "dog" / "odd.png").unlink()
    (pictures / "test" / "dog").rename(pictures / "test" / "cow")
    assert f"{pictures / 'test' / 'cow'}: the training images have no such class" in message()
    (pictures / "train" / "cow").mkdir()
    (pictures / "train" / "cow" / "0.gif").write_bytes(b"")
    assert f"{pictures / 'train' / 'cow'}: holds 0.gif but no image (.bmp, " in message()
    (pictures / "train" / "cow" / "0.gif").unlink()
    (pictures / "train" / "dog").rename(pictures / "dog")
    assert f"{pictures / 'train'}: has only one class, cat; add another" in message()
    for path in (pictures / "test").glob("*/*"):
        path.unlink()
    assert message() == f"{pictures / 'test'}: holds no images; put them there as test/CLASS/NAME.png (or .jpg)"


def test_a_hidden_folder_is_no_class(pictures: Path) -> None:
    classes = load(f"{pictures}/").classes
    hidden = pictures / "train" / ".ipynb_checkpoints"
    hidden.mkdir()
    Image.new("RGB", (8, 8)).save(hidden / "a-checkpoint.png")
    assert load(f"{pictures}/").classes == classes
