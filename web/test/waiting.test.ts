import { beforeEach, describe, expect, it, vi } from 'vitest';
import { added, NOTHING, undone } from '../src/model/edits';
import { keep, kept } from '../src/state/waiting';

describe('changes that wait', () => {
  const store = new Map<string, string>();
  beforeEach(() => {
    store.clear();
    vi.stubGlobal('sessionStorage', {
      getItem: (key: string) => store.get(key) ?? null,
      setItem: (key: string, value: string) => store.set(key, value),
      removeItem: (key: string) => store.delete(key),
    });
  });
  const two = added(added(NOTHING, { label: 'one', put: [], drop: ['a/1'] }), { label: 'two', put: [], drop: ['a/2'] });

  it('are there again after a reload, with what was undone, each in its week', () => {
    keep('demo', '2026-11-30', undone(two));
    expect(kept('demo', '2026-11-30')).toEqual(undone(two));
    expect(kept('demo', '2026-12-07')).toEqual(NOTHING);
  });
  it('leave nothing behind once they are saved', () => {
    keep('demo', '2026-11-30', two);
    keep('demo', '2026-11-30', NOTHING);
    expect(store.size).toBe(0);
  });
  it('are none where what is stored is no such thing', () => {
    for (const text of ['{', '{"done": 1}', '{"done": [{}], "undone": []}']) {
      store.set('careweave-waits-demo-2026-11-30', text);
      expect(kept('demo', '2026-11-30')).toEqual(NOTHING);
    }
  });
});
