// Draws the charts in the page's colours, light or dark, and lets the legend switch experiments on and off in all of them.
const specifications = JSON.parse(document.getElementById("specifications").textContent);
const places = [...document.querySelectorAll(".chart")];
const boxes = [...document.querySelectorAll("#legend input")];
let views = [];

const hidden = () => boxes.filter((box) => !box.checked).map((box) => box.value);

async function draw() {
  views.forEach((view) => view.finalize());
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const text = { labelColor: colour("--soft"), titleColor: colour("--soft"), labelFontSize: 12, titleFontSize: 12 };
  const config = {
    background: "transparent",
    font: style.fontFamily,
    axis: { ...text, titleFontWeight: "normal", gridColor: colour("--line"), domainColor: colour("--soft"), tickColor: colour("--soft") },
    view: { stroke: null },
  };
  const results = await Promise.all(
    specifications.map((specification, i) => vegaEmbed(places[i], specification, { actions: false, renderer: "svg", config })),
  );
  views = results.map((result) => result.view);
  show();
}

function show() {
  views.forEach((view) => view.signal("hidden", hidden()).runAsync());
}

boxes.forEach((box) => box.addEventListener("change", show));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((item) => (item.open = true)));
draw();
