// The page asks the API for what any client may have, and shows it. All text goes in as text, never as HTML.

const main = document.querySelector("main");
const list = document.querySelector(".list");
const history = document.querySelector("#history");
const status = document.querySelector("#status");
const pages = { prev: document.querySelector("#prev"), next: document.querySelector("#next") };

const time = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const money = (amount) => Number(amount).toFixed(2);
const basket = (order) => order.lines.map((line) => `${line.quantity} × ${line.sku}`).join(", ");

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child !== null));
  return made;
}

async function ask(address) {
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail);
  return body;
}

function moment(at) {
  return element("time", { dateTime: at, className: "when" }, time.format(new Date(at)));
}

function badge(order) {
  return element("span", { className: `status ${order.status}` }, order.status);
}

// The list

let shown = null;

async function showOrders(address) {
  shown = address;
  let page;
  try {
    page = await ask(address);
  } catch (error) {
    list.replaceChildren(element("li", { className: "problem" }, error.message));
    return;
  }
  if (shown !== address) return; // another page was asked for meanwhile
  list.replaceChildren(...page.orders.map(orderItem));
  if (!page.orders.length) list.append(element("li", { className: "hint" }, "There are none."));
  for (const [relation, button] of Object.entries(pages)) {
    button.disabled = page.links[relation] === null;
    button.onclick = () => showOrders(page.links[relation]);
  }
  markChosen();
}

function orderItem(order) {
  const versions = order.version === 1 ? "1 version" : `${order.version} versions`;
  const link = element(
    "a",
    { href: `#${order.id}` },
    element("span", { className: "what" }, basket(order)),
    element("span", { className: "number" }, money(order.total)),
    element("span", { className: "when" }, moment(order.updated_at), `, ${versions}`),
    element("span", { className: "number" }, badge(order)),
  );
  return element("li", {}, link);
}

// The history of one

async function showHistory(id) {
  let revisions;
  try {
    ({ revisions } = await ask(`orders/${encodeURIComponent(id)}/versions`));
  } catch (error) {
    history.replaceChildren(backLink(), element("p", { className: "problem" }, error.message));
    return;
  }
  if (chosen() !== id) return;
  const latest = revisions.at(-1).order;
  history.replaceChildren(
    backLink(),
    element("h2", {}, "History of an order"),
    element(
      "p",
      { className: "facts" },
      element("code", {}, id),
      latest === null ? element("span", { className: "problem" }, "deleted") : badge(latest),
      latest === null ? null : element("span", {}, `${money(latest.total)} in all`),
    ),
    element("ol", { className: "timeline", reversed: true }, ...revisions.toReversed().map(revisionItem)),
  );
}

function backLink() {
  return element("a", { href: "#", className: "back" }, "← All orders");
}

function revisionItem({ version, at, order, changes }) {
  const title = element("h3", {}, `Version ${version}`, at === null ? null : moment(at));
  if (order === null) {
    return element("li", { className: "deletion" }, title, element("p", { className: "problem" }, "Deleted"));
  }
  const told = changes.map(({ field, before, after }) =>
    element("p", {}, `${field}: `, value("del", before), " → ", value("ins", after)),
  );
  if (!told.length) told.push(element("p", {}, version === 1 ? `Placed: ${basket(order)}` : "Brought back as it was"));
  return element("li", {}, title, ...told, whole(order));
}

function value(tag, of) {
  if (of === null) return element("span", { className: "nothing" }, "none");
  return element(tag, {}, typeof of === "string" ? of : JSON.stringify(of));
}

function whole(order) {
  const facts = {
    Status: order.status,
    Address: order.address,
    Note: order.note ?? "none",
    Parcel: order.parcel ?? "none",
    Articles: basket(order),
    Total: money(order.total),
  };
  const terms = Object.entries(facts).flatMap(([name, fact]) => [element("dt", {}, name), element("dd", {}, fact)]);
  return element("details", {}, element("summary", {}, "The order as it was"), element("dl", {}, ...terms));
}

// What is chosen is in the address, so that it can be shared and the browser's buttons work.

const chosen = () => decodeURIComponent(location.hash.slice(1));

function markChosen() {
  for (const link of list.querySelectorAll("a")) {
    if (link.hash === location.hash) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

function follow() {
  const id = chosen();
  main.classList.toggle("chosen", id !== "");
  markChosen();
  if (id) showHistory(id);
  else history.replaceChildren(element("p", { className: "hint" }, "Choose an order to see its history."));
}

status.onchange = () => showOrders(`orders?limit=10${status.value && `&status=${status.value}`}`);
window.addEventListener("hashchange", follow);
status.onchange();
follow();
