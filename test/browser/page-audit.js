// What is wrong with a page for somebody who cannot see it well, or has a small screen. WCAG 2.2: 1.4.3 contrast, 1.4.10
// reflow, 1.3.1 and 4.1.2 names, 2.4.2 title. Plain JavaScript, because it runs in the browser.
() => {
  const problems = [];
  const { documentElement: root } = document;
  if (root.scrollWidth > root.clientWidth) problems.push(`is ${root.scrollWidth} px wide`);
  if (root.lang === '') problems.push('has no language');
  if (document.title === '') problems.push('has no title');
  for (const landmark of ['h1', 'main']) {
    const count = document.querySelectorAll(landmark).length;
    if (count !== 1) problems.push(`has ${count} ${landmark}`);
  }
  const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) problems.push(`has the id ${id} twice`);

  for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
    if (!field.labels || field.labels.length === 0) problems.push(`${field.name} has no label`);
    const hint = field.getAttribute('aria-describedby');
    if (hint !== null && !document.getElementById(hint)) problems.push(`${field.name} has no hint ${hint}`);
  }
  for (const control of document.querySelectorAll('a[href], button')) {
    const name = control.getAttribute('aria-label') ?? control.textContent;
    if (name.trim() === '') problems.push(`${control.outerHTML.slice(0, 80)} has no name`);
  }

  const parse = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (color) => {
    const [red = 0, green = 0, blue = 0] = color.slice(0, 3).map((part) => {
      const value = part / 255;
      return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const groundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if ((color[3] ?? 1) > 0 && color.length > 0) return color;
    }
    return [255, 255, 255];
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!element || (texts.currentNode.textContent ?? '').trim() === '') continue;
    if (element.getClientRects().length === 0 || element.closest('svg, option, head')) continue;
    const [one, other] = [luminance(parse(getComputedStyle(element).color)), luminance(groundOf(element))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < 4.5) problems.push(`"${element.textContent.slice(0, 40)}" has a contrast of ${contrast.toFixed(1)}`);
  }
  return problems;
};
