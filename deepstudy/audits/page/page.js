// Without this script, the notes on a table stand beside its first row. Here each moves down to its own row.
const isWide = matchMedia("screen and (min-width: 68rem)");

function align() {
  for (const note of document.querySelectorAll(".table > .note")) {
    note.style.marginTop = "";
    const row = document.getElementById(note.dataset.line);
    const distance = row ? row.getBoundingClientRect().top - note.getBoundingClientRect().top : 0;
    if (isWide.matches && distance > 0) note.style.marginTop = `${distance}px`;
  }
}

align();
addEventListener("resize", align);
