import torch

from deepstudy.datasets.split import Split


def numbered(count: int = 6) -> Split:
    images = torch.arange(count, dtype=torch.uint8).view(-1, 1, 1, 1).expand(-1, 3, 4, 5).contiguous()
    return Split(images, torch.arange(count))


def test_parts_of_parts_hold_their_images_without_a_copy() -> None:
    whole = numbered()
    part = whole.at(torch.tensor([5, 1, 3]))
    inner = part.at(slice(1, 3))
    assert (len(whole), len(part), len(inner)) == (6, 3, 2)
    assert inner.labels.tolist() == inner.images[:, 0, 0, 0].tolist() == [1, 3]
    assert part.pixels(torch.tensor([2, 0]))[:, 0, 0, 0].tolist() == [3, 5]
    assert part.pixels(slice(0, 1)).shape == (1, 3, 4, 5)
    assert part.shape == (3, 4, 5)
    assert part._images.data_ptr() == whole._images.data_ptr() == whole.images.data_ptr()
    assert part.to(torch.device("cpu")) is part
