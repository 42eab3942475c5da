import { afterEach, describe, expect, it, vi } from 'vitest';
import { notStarted } from './start-worker.ts';

const event = (message: string) => ({ message, filename: 'https://app.example/worker.js' }) as ErrorEvent;

describe('notStarted', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('names the header for want of which a browser refuses a script and says nothing', () => {
    expect(notStarted(event('')).message).toContain('Cross-Origin-Embedder-Policy if this page has it');
    vi.stubGlobal('crossOriginIsolated', true);
    expect(notStarted(event('')).message).toContain('Cross-Origin-Embedder-Policy, as this page is');
  });

  it('says what the browser says, and no more, where it says something', () => {
    const { code, message, url } = notStarted(event('SyntaxError'));
    expect([code, url]).toEqual(['worker-failed', 'https://app.example/worker.js']);
    expect(message).toContain('SyntaxError');
    expect(message).not.toContain('Embedder');
  });
});
