// Draws the charts in the page's colours, light or dark. Each study has its own switches (experiments, images, axes).
// The epoch under the pointer is marked in all charts of the study.
const specifications = JSON.parse(document.getElementById("specifications").textContent);
const figures = [...document.querySelectorAll("figure")].map((place) => ({ place, specification: specifications[place.dataset.chart], study: place.closest(".study") }));

const boxes = (study, kind) => [...study.querySelectorAll(`.${kind} input`)];
const unchecked = (study, kind) => boxes(study, kind).filter((box) => !box.checked).map((box) => box.value);

function linear(specification) {
  const copy = structuredClone(specification);
  copy.layer.forEach(({ encoding }) => { if (encoding?.y?.scale?.type === "log") delete encoding.y.scale.type; });
  return copy;
}

async function draw(figure) {
  figure.view?.finalize();
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const text = { labelColor: colour("--soft"), titleColor: colour("--soft"), labelFontSize: 12, titleFontSize: 12 };
  const config = {
    background: "transparent",
    font: style.fontFamily,
    axis: { ...text, titleFontWeight: "normal", gridColor: colour("--line"), domainColor: colour("--soft"), tickColor: colour("--soft") },
    rule: { color: colour("--soft") },
    view: { stroke: null },
  };
  const specification = figure.study.querySelector(".logarithmic")?.checked ?? true ? figure.specification : linear(figure.specification);
  const theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const options = { actions: false, renderer: "svg", config, tooltip: { theme } };
  figure.view = (await vegaEmbed(figure.place.querySelector(".chart"), specification, options)).view;
  figure.place.querySelector("svg").setAttribute("aria-hidden", "true"); // the label of the chart describes it
  figure.view.addEventListener("pointermove", (_, item) => mark(figure.study, item?.datum?.epoch ?? 0));
  figure.place.onpointerleave = () => mark(figure.study, 0);
  show(figure);
}

function show(figure) {
  if (!figure.place.classList.contains("final")) figure.view.signal("hidden", unchecked(figure.study, "experiments")).runAsync();
}

function mark(study, epoch) {
  figures.filter((figure) => figure.study === study && figure.view && figure.view.signal("at") !== epoch)
    .forEach((figure) => figure.view.signal("at", epoch).runAsync());
}

for (const study of document.querySelectorAll(".study")) {
  const own = figures.filter((figure) => figure.study === study);
  boxes(study, "experiments").forEach((box) => box.addEventListener("change", () => own.forEach(show)));
  // A chart that is drawn while it is folded has no width.
  study.querySelector(".more-curves")?.addEventListener("toggle", () => dispatchEvent(new Event("resize")));
  boxes(study, "scales").forEach((box) => box.addEventListener("change", () => own.forEach(draw)));
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => figures.forEach(draw));
addEventListener("beforeprint", () => document.querySelectorAll("details.why").forEach((item) => (item.open = true)));
Promise.all(figures.map(draw)).then(() => document.documentElement.classList.add("drawn"));
