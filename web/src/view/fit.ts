// The size of the letters with which a sheet fills a page of paper, and no more than one.

/** What A4 and Letter both have room for inside margins of 12 mm, in CSS pixels: as wide as the one, as high as the other. */
const PAPER = { width: 700, height: 955 };
const LARGEST = 21;
/** Smaller letters nobody reads: what does not fit even so goes on to another page. */
const SMALLEST = 8;

/** Sets the largest letters with which an element fits on a page, as it is printed. */
export function fit(sheet: HTMLElement): void {
  const { style } = sheet;
  sheet.classList.add('measured');
  style.width = `${PAPER.width}px`;
  const fits = (size: number) => {
    style.fontSize = `${size}px`;
    return sheet.scrollHeight <= PAPER.height;
  };
  let [least, most] = [SMALLEST, LARGEST];
  if (fits(most)) least = most;
  while (most - least > 0.25) {
    const middle = (least + most) / 2;
    if (fits(middle)) least = middle;
    else most = middle;
  }
  style.fontSize = `${least}px`;
  style.width = '';
  sheet.classList.remove('measured');
}
