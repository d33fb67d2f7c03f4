// Light or dark: as the system says, until somebody chooses.

type Name = 'system' | 'light' | 'dark';
const NAMES: Name[] = ['system', 'light', 'dark'];
const SIGNS: Record<Name, string> = { system: '◐', light: '☀', dark: '☾' };
const KEY = 'careweave-colours';

class Theme {
  name = $state<Name>('system');

  constructor() {
    const kept = localStorage.getItem(KEY);
    this.#set(NAMES.find((name) => name === kept) ?? 'system');
  }

  get sign(): string {
    return SIGNS[this.name];
  }

  next() {
    this.#set(NAMES[(NAMES.indexOf(this.name) + 1) % NAMES.length] ?? 'system');
    localStorage.setItem(KEY, this.name);
  }

  #set(name: Name) {
    this.name = name;
    if (name === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = name;
  }
}

export const theme = new Theme();
