// The letters with which a sheet fills a page of paper, and no more than one: in one column, or in two where these are larger.

/** What A4 and Letter both have room for inside margins of 12 mm, in CSS pixels: as wide as the one, as high as the other. */
const PAPER = { width: 700, height: 955 };
const LARGEST = 21;
/** The smallest writing on a sheet, nine tenths of its letters, is then 9 points. What does not fit even so goes on to another page. */
const SMALLEST = 13.25;
/** By so much letters must be larger for days to stand beside one another, which is harder to follow. */
const WORTH = 1;
/** Days below one another, beside one another, and so that one may go on in the next column. */
const LAYOUTS = [[], ['two'], ['two', 'split']];

/** Sets the largest letters with which an element fits on a page, as it is printed. */
export function fit(sheet: HTMLElement): void {
  const { style, classList } = sheet;
  classList.add('measured');
  style.width = `${PAPER.width}px`;
  let best = { size: 0, layout: 0 };
  for (const layout of LAYOUTS.keys()) {
    lay(sheet, layout);
    const size = largest(sheet);
    if (size >= best.size + WORTH) best = { size, layout };
    // A day is divided only where nothing else fits.
    if (best.size === LARGEST || (layout === 1 && best.size > 0)) break;
  }
  lay(sheet, best.layout);
  style.fontSize = `${Math.max(SMALLEST, best.size)}px`;
  style.width = '';
  classList.remove('measured');
}

function lay(sheet: HTMLElement, layout: number) {
  for (const name of ['two', 'split']) sheet.classList.toggle(name, LAYOUTS[layout]?.includes(name) ?? false);
}

/** The largest letters with which it fits as it is laid out; 0 where none do. */
function largest(sheet: HTMLElement): number {
  const fits = (size: number) => {
    sheet.style.fontSize = `${size}px`;
    return sheet.scrollHeight <= PAPER.height && sheet.scrollWidth <= PAPER.width;
  };
  if (fits(LARGEST)) return LARGEST;
  if (!fits(SMALLEST)) return 0;
  let [least, most] = [SMALLEST, LARGEST];
  while (most - least > 0.25) {
    const middle = (least + most) / 2;
    if (fits(middle)) least = middle;
    else most = middle;
  }
  return least;
}
