import { describe, expect, it } from 'vitest';
import { clock, dates, dateWords, lengthWords, minutes, wall, weekday, written, zoneWords } from '../src/model/time';

describe('times', () => {
  it('are read as they are written, whatever zone the reader sits in', () => {
    expect(written('2026-12-01T17:15:00-05:00')).toEqual({ date: '2026-12-01', minute: 17 * 60 + 15 });
  });
  it('are shown in another zone without arithmetic of ours', () => {
    expect(wall('2026-12-01T00:15:00-05:00', 'America/New_York', 'America/Chicago')).toEqual({
      date: '2026-11-30',
      minute: 23 * 60 + 15,
    });
    // The hour that a clock shows twice is the same hour twice.
    expect(wall('2026-11-01T01:30:00-04:00', 'America/New_York', 'UTC').minute).toBe(5 * 60 + 30);
    expect(wall('2026-11-01T01:30:00-05:00', 'America/New_York', 'UTC').minute).toBe(6 * 60 + 30);
  });
  it('go there and back as clocks', () => {
    for (const text of ['00:00', '08:05', '23:59']) expect(clock(minutes(text))).toBe(text);
    expect(minutes('24:00')).toBe(1440);
  });
  it('name the days of a week that may begin on any day', () => {
    const week = dates('2026-12-30');
    expect(week).toHaveLength(7);
    expect(week.at(-1)).toBe('2027-01-05');
    expect(weekday('2026-11-30')).toBe('mon');
    expect(dateWords('2026-11-30', 'long')).toBe('Monday 30 November');
  });
  it('are never without their zone', () => {
    expect(zoneWords('America/New_York', '2026-12-01T17:15:00-05:00')).toBe('New York time, UTC−5');
    expect(zoneWords('Asia/Kathmandu', '2026-12-01T17:15:00+05:45')).toBe('Kathmandu time, UTC+5:45');
    expect(lengthWords(50)).toBe('50 min');
    expect(lengthWords(90)).toBe('1 h 30 min');
  });
});
