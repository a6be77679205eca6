// The box that follows the pointer. Everything in it is text: names come from servers.

function element(tag, text, ...children) {
  const node = document.createElement(tag);
  if (text !== "") node.textContent = text;
  node.append(...children);
  return node;
}

/** A heading over rows of a name and a value. */
export function tip(head, rows) {
  const node = element("div", "", element("b", head));
  node.className = "tip";
  for (const [name, value] of rows) node.append(element("div", "", element("span", name), element("span", value)));
  return node;
}
