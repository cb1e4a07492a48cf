"""Changes of tensors (..., channels, height, width). Each function has its twin of the same name in on_pil.py."""

import math
import numbers
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from .modes import InterpolationMode, four_sides


def dimensions(img: Tensor) -> list[int]:
    """Channels, height and width."""
    return [1 if img.ndim == 2 else img.shape[-3], img.shape[-2], img.shape[-1]]


def hflip(img: Tensor) -> Tensor:
    """The mirror image."""
    return img.flip(-1)


def vflip(img: Tensor) -> Tensor:
    """Upside down."""
    return img.flip(-2)


def crop(img: Tensor, top: int, left: int, height: int, width: int) -> Tensor:
    """A part; black where it leaves the image."""
    h, w = img.shape[-2:]
    part = img[..., max(top, 0) : max(top + height, 0), max(left, 0) : max(left + width, 0)]
    if left >= 0 and top >= 0 and left + width <= w and top + height <= h:
        return part
    sides = [
        max(min(left + width, 0) - left, 0),
        max(left + width - max(w, left), 0),
        max(min(top + height, 0) - top, 0),
        max(top + height - max(h, top), 0),
    ]
    return F.pad(part, sides)


def resize(img: Tensor, size: tuple[int, int], mode: InterpolationMode, antialias: bool) -> Tensor:
    """Scaled to (height, width)."""
    smooth = mode in (InterpolationMode.BILINEAR, InterpolationMode.BICUBIC)
    if not smooth and mode not in (InterpolationMode.NEAREST, InterpolationMode.NEAREST_EXACT):
        raise ValueError(f"interpolation {mode.value} is for PIL images; use bilinear, bicubic or nearest")
    batch = _as_float(_as_batch(img), keep=(torch.float32, torch.float64))
    options = {"align_corners": False, "antialias": antialias} if smooth else {}
    scaled = F.interpolate(batch, size=list(size), mode=mode.value, **options)
    if mode is InterpolationMode.BICUBIC and img.dtype == torch.uint8:
        scaled = scaled.clamp(0, 255)
    return _as_before(scaled, img)


def pad(img: Tensor, padding: Any, fill: Any, padding_mode: str) -> Tensor:
    """With a border."""
    left, top, right, bottom = four_sides(padding)
    if padding_mode == "symmetric":
        rows = _mirrored(img.shape[-2], top, bottom, img.device)
        columns = _mirrored(img.shape[-1], left, right, img.device)
        return img[..., rows[:, None], columns[None, :]]
    sides = [left, right, top, bottom]
    if padding_mode == "constant":
        if isinstance(fill, list | tuple):
            if len(fill) > 1:
                raise ValueError(f"fill is {fill!r}; padding of a tensor takes one number")
            fill = fill[0]
        return F.pad(img, sides, value=float(fill or 0))
    kind = {"edge": "replicate", "reflect": "reflect"}[padding_mode]
    batch = _as_float(_as_batch(img), keep=(torch.float32, torch.float64))
    return _as_before(F.pad(batch, sides, mode=kind), img)


def rotate(
    img: Tensor, angle: float, mode: InterpolationMode, expand: bool, center: Sequence[float] | None, fill: Any
) -> Tensor:
    """Turned by `angle` degrees, against the clock."""
    h, w = img.shape[-2:]
    middle = [0.0, 0.0] if center is None else [c - size * 0.5 for c, size in zip(center, (w, h), strict=True)]
    matrix = inverse_affine(middle, -angle, [0.0, 0.0], 1.0, [0.0, 0.0])
    height, width = _expanded(matrix, h, w) if expand else (h, w)
    return _moved(img, matrix, (height, width), mode, fill)


def affine(img: Tensor, matrix: list[float], mode: InterpolationMode, fill: Any) -> Tensor:
    """Moved by the matrix that leads from a new pixel to its old place, with the origin in the middle."""
    return _moved(img, matrix, (img.shape[-2], img.shape[-1]), mode, fill)


def perspective(img: Tensor, coefficients: list[float], mode: InterpolationMode, fill: Any) -> Tensor:
    """Seen from another side."""
    h, w = img.shape[-2:]
    dtype = img.dtype if torch.is_floating_point(img) else torch.float32
    a, b, c, d, e, f, g, i = coefficients
    above = torch.tensor([[[a, b, c], [d, e, f]]], dtype=dtype, device=img.device)
    below = torch.tensor([[[g, i, 1.0], [g, i, 1.0]]], dtype=dtype, device=img.device)
    base = torch.empty(1, h, w, 3, dtype=dtype, device=img.device)
    base[..., 0] = torch.linspace(0.5, w - 0.5, steps=w, device=img.device)
    base[..., 1] = torch.linspace(0.5, h - 0.5, steps=h, device=img.device).unsqueeze(-1)
    base[..., 2] = 1
    places = base.view(1, h * w, 3)
    scale = torch.tensor([0.5 * w, 0.5 * h], dtype=dtype, device=img.device)
    grid = places.bmm(above.transpose(1, 2) / scale) / places.bmm(below.transpose(1, 2)) - 1.0
    return _sampled(img, grid.view(1, h, w, 2), mode, fill)


def inverse_affine(
    center: Sequence[float], angle: float, translate: Sequence[float], scale: float, shear: Sequence[float]
) -> list[float]:
    """The matrix [a, b, c, d, e, f] from a new pixel to its old place: (ax + by + c, dx + ey + f).

    The way there is: move the centre to the origin, shear, turn and scale, move back, translate.
    """
    turn, shear_x, shear_y = math.radians(angle), math.radians(shear[0]), math.radians(shear[1])
    a = math.cos(turn - shear_y) / math.cos(shear_y)
    b = -math.cos(turn - shear_y) * math.tan(shear_x) / math.cos(shear_y) - math.sin(turn)
    c = math.sin(turn - shear_y) / math.cos(shear_y)
    d = -math.sin(turn - shear_y) * math.tan(shear_x) / math.cos(shear_y) + math.cos(turn)
    a, b, c, d = d / scale, -b / scale, -c / scale, a / scale  # the inverse; the determinant without scale is 1
    x, y = -center[0] - translate[0], -center[1] - translate[1]
    return [a, b, a * x + b * y + center[0], c, d, c * x + d * y + center[1]]


def brightness(img: Tensor, factor: float) -> Tensor:
    """Brighter above 1, darker below."""
    return _blend(img, torch.zeros_like(img), factor)


def contrast(img: Tensor, factor: float) -> Tensor:
    """More contrast above 1, less below."""
    dtype = img.dtype if torch.is_floating_point(img) else torch.float32
    gray = img if img.shape[-3] == 1 else grayscale(img, 1)
    return _blend(img, gray.to(dtype).mean(dim=(-3, -2, -1), keepdim=True), factor)


def saturation(img: Tensor, factor: float) -> Tensor:
    """More colour above 1, less below."""
    return img if img.shape[-3] == 1 else _blend(img, grayscale(img, 1), factor)


def sharpness(img: Tensor, factor: float) -> Tensor:
    """Sharper above 1, blurred below."""
    if img.shape[-1] <= 2 or img.shape[-2] <= 2:
        return img
    kernel = torch.ones(3, 3, dtype=img.dtype if torch.is_floating_point(img) else torch.float32, device=img.device)
    kernel[1, 1] = 5.0
    kernel /= kernel.sum()
    channels = img.shape[-3]
    batch = _as_float(_as_batch(img), keep=(kernel.dtype,))
    inner = F.conv2d(batch, kernel.expand(channels, 1, 3, 3), groups=channels)
    blurred = img.clone()
    blurred[..., 1:-1, 1:-1] = _as_before(inner, img)
    return _blend(img, blurred, factor)


def hue(img: Tensor, factor: float) -> Tensor:
    """Colours turned by `factor` of the circle; a grey image stays as it is."""
    if img.shape[-3] == 1:
        return img
    h, s, v = _hsv(to_dtype(img, torch.float32) if not torch.is_floating_point(img) else img)
    return to_dtype(_rgb((h + factor) % 1.0, s, v), img.dtype)


def gamma(img: Tensor, exponent: float, gain: float) -> Tensor:
    """Each value v of 0..1 becomes gain * v**exponent."""
    values = img if torch.is_floating_point(img) else to_dtype(img, torch.float32)
    return to_dtype((gain * values**exponent).clamp(0, 1), img.dtype)


def grayscale(img: Tensor, channels: int) -> Tensor:
    """Grey, in one channel or three."""
    if img.shape[-3] == 1:
        return img.clone()  # whatever `channels` says, as in torchvision
    r, g, b = img.unbind(dim=-3)
    img = (0.2989 * r + 0.587 * g + 0.114 * b).to(img.dtype).unsqueeze(-3)
    return img if channels == 1 else img.expand(*img.shape[:-3], 3, *img.shape[-2:])


def invert(img: Tensor) -> Tensor:
    """The negative."""
    return torch.full_like(img, top_value(img.dtype)) - img


def posterize(img: Tensor, bits: int) -> Tensor:
    """With `bits` bits a channel."""
    if img.dtype != torch.uint8:
        raise TypeError(f"posterize takes uint8 tensors, but this one is {img.dtype}")
    return img.bitwise_and(-(2 ** (8 - bits)))


def solarize(img: Tensor, threshold: float) -> Tensor:
    """The negative of the values from `threshold` on."""
    if threshold > top_value(img.dtype):
        raise TypeError(f"threshold is {threshold}, but white is {top_value(img.dtype)} in a tensor of {img.dtype}")
    return torch.where(img >= threshold, invert(img), img)


def autocontrast(img: Tensor) -> Tensor:
    """Each channel stretched to the full range."""
    top = top_value(img.dtype)
    dtype = img.dtype if torch.is_floating_point(img) else torch.float32
    low = img.amin(dim=(-2, -1), keepdim=True).to(dtype)
    scale = top / (img.amax(dim=(-2, -1), keepdim=True).to(dtype) - low)
    flat = ~scale.isfinite()
    low[flat], scale[flat] = 0, 1
    return ((img - low) * scale).clamp(0, top).to(img.dtype)


def equalize(img: Tensor) -> Tensor:
    """With a flat histogram."""
    if img.dtype != torch.uint8:
        raise TypeError(f"equalize takes uint8 tensors, but this one is {img.dtype}")
    channels = [_equalized(channel) for channel in img.reshape(-1, *img.shape[-2:])]
    return torch.stack(channels).reshape(img.shape)


def gaussian_blur(img: Tensor, kernel_size: Sequence[int], sigma: Sequence[float]) -> Tensor:
    """Blurred by a bell curve; `kernel_size` and `sigma` are for x, then y."""
    dtype = img.dtype if torch.is_floating_point(img) else torch.float32
    bells = []
    for size, width in zip(kernel_size, sigma, strict=True):
        half = (size - 1) * 0.5
        bell = torch.exp(-0.5 * (torch.linspace(-half, half, size, dtype=dtype, device=img.device) / width).pow(2))
        bells.append(bell / bell.sum())
    kernel = torch.mm(bells[1][:, None], bells[0][None, :])
    channels = img.shape[-3]
    batch = _as_float(_as_batch(img), keep=(kernel.dtype,))
    x, y = kernel_size[0] // 2, kernel_size[1] // 2
    batch = F.pad(batch, [x, x, y, y], mode="reflect")
    return _as_before(F.conv2d(batch, kernel.expand(channels, 1, *kernel.shape), groups=channels), img)


def top_value(dtype: torch.dtype) -> int:
    """What stands for white: 1 for floats, else the largest value."""
    return 1 if dtype.is_floating_point else torch.iinfo(dtype).max


def to_dtype(img: Tensor, dtype: torch.dtype) -> Tensor:
    """The same image with values of another kind, scaled to its range."""
    if img.dtype == dtype:
        return img
    if img.dtype.is_floating_point:
        if dtype.is_floating_point:
            return img.to(dtype)
        if (img.dtype == torch.float32 and dtype in (torch.int32, torch.int64)) or (
            img.dtype == torch.float64 and dtype == torch.int64
        ):
            raise RuntimeError(f"{img.dtype} cannot hold all values of {dtype}; convert to a smaller type")
        return img.mul(top_value(dtype) + 1.0 - 1e-3).to(dtype)  # each value gets an equal share of 0..1
    if dtype.is_floating_point:
        return img.to(dtype) / top_value(img.dtype)
    old, new = top_value(img.dtype), top_value(dtype)
    if old > new:
        return torch.div(img, (old + 1) // (new + 1), rounding_mode="floor").to(dtype)
    return img.to(dtype) * ((new + 1) // (old + 1))


def _as_batch(img: Tensor) -> Tensor:
    return img.reshape(-1, *img.shape[-3:]) if img.ndim >= 3 else img[None, None]


def _as_float(img: Tensor, keep: tuple[torch.dtype, ...]) -> Tensor:
    return img if img.dtype in keep else img.to(keep[0])


def _as_before(batch: Tensor, img: Tensor) -> Tensor:
    """A batch with the leading dimensions and the type of `img`."""
    batch = batch.reshape(*img.shape[:-2], *batch.shape[-2:])
    if batch.dtype == img.dtype:
        return batch
    return (batch if img.dtype.is_floating_point else batch.round()).to(img.dtype)


def _blend(img: Tensor, other: Tensor, share: float) -> Tensor:
    share = float(share)  # an int would keep uint8, which overflows
    return (share * img + (1.0 - share) * other).clamp(0, top_value(img.dtype)).to(img.dtype)


def _mirrored(size: int, before: int, after: int, device: torch.device) -> Tensor:
    """The positions of a row that is continued by its mirror image, its edge repeated."""
    positions = torch.arange(-before, size + after, device=device) % (2 * size)
    return torch.where(positions < size, positions, 2 * size - 1 - positions)


def _expanded(matrix: list[float], h: int, w: int) -> tuple[int, int]:
    """Height and width that hold the whole turned image."""
    corners = torch.tensor(
        [[-0.5 * w, -0.5 * h, 1], [-0.5 * w, 0.5 * h, 1], [0.5 * w, 0.5 * h, 1], [0.5 * w, -0.5 * h, 1]]
    )
    places = corners @ torch.tensor(matrix).view(2, 3).T
    low, high = places.min(dim=0).values, places.max(dim=0).values
    low, high = low + torch.tensor([w * 0.5, h * 0.5]), high + torch.tensor([w * 0.5, h * 0.5])
    # a tiny excess from rounding is no pixel
    low, high = torch.trunc(low / 1e-4) * 1e-4, torch.trunc(high / 1e-4) * 1e-4
    width, height = (high.ceil() - low.floor()).int().tolist()
    return height, width


def _moved(img: Tensor, matrix: list[float], size: tuple[int, int], mode: InterpolationMode, fill: Any) -> Tensor:
    dtype = img.dtype if torch.is_floating_point(img) else torch.float32
    (h, w), (height, width) = img.shape[-2:], size
    theta = torch.tensor(matrix, dtype=dtype, device=img.device).view(1, 2, 3)
    base = torch.empty(1, height, width, 3, dtype=dtype, device=img.device)
    base[..., 0] = torch.linspace(-width * 0.5 + 0.5, width * 0.5 - 0.5, steps=width, device=img.device)
    base[..., 1] = torch.linspace(-height * 0.5 + 0.5, height * 0.5 - 0.5, steps=height, device=img.device).unsqueeze(
        -1
    )
    base[..., 2] = 1
    scale = torch.tensor([0.5 * w, 0.5 * h], dtype=dtype, device=img.device)
    grid = base.view(1, height * width, 3).bmm(theta.transpose(1, 2) / scale)
    return _sampled(img, grid.view(1, height, width, 2), mode, fill)


def _sampled(img: Tensor, grid: Tensor, mode: InterpolationMode, fill: Any) -> Tensor:
    """The image at the places of a grid; `fill` where these are outside of it."""
    batch = _as_float(_as_batch(img), keep=(grid.dtype,))
    grid = grid.expand(len(batch), *grid.shape[1:])
    if fill is not None:
        batch = torch.cat((batch, torch.ones_like(batch[:, :1])), dim=1)  # how much of a pixel is inside
    batch = F.grid_sample(batch, grid, mode=mode.value, padding_mode="zeros", align_corners=False)
    if fill is not None:
        inside = batch[:, -1:].expand_as(batch[:, :-1])
        batch = batch[:, :-1]
        values = [float(fill)] if isinstance(fill, numbers.Number) else fill  # type: ignore[arg-type]
        new = torch.tensor(values, dtype=batch.dtype, device=batch.device).view(1, -1, 1, 1).expand_as(batch)
        batch = (
            torch.where(inside < 0.5, new, batch)
            if mode is InterpolationMode.NEAREST
            else batch * inside + (1.0 - inside) * new
        )
    return _as_before(batch, img)


def _hsv(img: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Hue, saturation and value of red, green and blue, all in 0..1 (A. R. Smith, 1978)."""
    r, g, b = img.unbind(dim=-3)
    high, low = img.amax(dim=-3), img.amin(dim=-3)
    gray, spread = high == low, high - low
    one = torch.ones_like(high)
    divisor = torch.where(gray, one, spread)
    rc, gc, bc = (high - r) / divisor, (high - g) / divisor, (high - b) / divisor
    from_red = (high == r) * (bc - gc)
    from_green = ((high == g) & (high != r)) * (2.0 + rc - bc)
    from_blue = ((high != g) & (high != r)) * (4.0 + gc - rc)
    h = torch.fmod((from_red + from_green + from_blue) / 6.0 + 1.0, 1.0)
    return h, spread / torch.where(gray, one, high), high


def _rgb(h: Tensor, s: Tensor, v: Tensor) -> Tensor:
    sixth = torch.floor(h * 6.0)
    f = h * 6.0 - sixth
    p, q, t = ((v * (1.0 - part)).clamp(0.0, 1.0) for part in (s, s * f, s * (1.0 - f)))
    choices = torch.stack(
        [torch.stack(rgb, dim=-3) for rgb in ((v, t, p), (q, v, p), (p, v, t), (p, q, v), (t, p, v), (v, p, q))]
    )
    index = (sixth.to(torch.int64) % 6).unsqueeze(-3).unsqueeze(0).expand(1, *choices.shape[1:])
    return choices.gather(0, index)[0]


def _equalized(channel: Tensor) -> Tensor:
    counts = torch.bincount(channel.reshape(-1).to(torch.int64), minlength=256)
    used = counts[counts != 0]
    step = int(used[:-1].sum()) // 255
    if step == 0:
        return channel
    table = torch.div(counts.cumsum(0) + step // 2, step, rounding_mode="floor")
    table = F.pad(table, [1, 0])[:-1].clamp(0, 255)
    return table[channel.to(torch.int64)].to(torch.uint8)
