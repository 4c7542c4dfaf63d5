import { parseXml, XmlElement } from '@rgrove/parse-xml';

/** Namespace of the SL protocol (multiapps-cli-plugin before b8d2063). */
const NAMESPACE = 'http://www.sap.com/lmsl/slp';

/** Longest document that is read, in characters. */
const MAX_LENGTH = 1024 * 1024;

/** An element to be written: its name, and its text or children; `undefined` children are left out. */
export type Xml = readonly [name: string, content: string | number | boolean | readonly (Xml | undefined)[]];

export function writeXml([name, content]: Xml): string {
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<${name} xmlns="${NAMESPACE}">${inner(content)}</${name}>`;
}

function inner(content: Xml[1]): string {
  if (!Array.isArray(content)) return escapeText(String(content));
  return content.map((child: Xml | undefined) => child && `<${child[0]}>${inner(child[1])}</${child[0]}>`).join('');
}

function escapeText(text: string): string {
  // Control characters have no place in XML 1.0, not even escaped.
  return text
    .replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** An element as it was read. Names are without prefixes. */
export interface Element {
  readonly name: string;
  /** Text of the element itself and of what is in it. */
  readonly text: string;
  /** First child of this name. */
  child(name: string): Element | undefined;
  children(name: string): readonly Element[];
}

/** Reads a document; no DTD, no entities but the predefined ones. Undefined when it is not well-formed or too long. */
export function readXml(text: string): Element | undefined {
  if (text.length > MAX_LENGTH || text.includes('<!DOCTYPE')) return undefined;
  try {
    const { root } = parseXml(text);
    return root ? elementOf(root) : undefined;
  } catch {
    // Also a stack that a deeply nested document used up.
    return undefined;
  }
}

function elementOf(element: XmlElement): Element {
  const named = (name: string) =>
    element.children.filter((one): one is XmlElement => one instanceof XmlElement && localName(one.name) === name);
  return {
    name: localName(element.name),
    get text() {
      return element.text.trim();
    },
    child(name) {
      const [found] = named(name);
      return found && elementOf(found);
    },
    children: (name) => named(name).map(elementOf),
  };
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
