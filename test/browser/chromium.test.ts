import { expect, it } from 'vitest';
import { findChromium } from './chromium.js';

it('without Chromium the tests fail and say what to install', () => {
  expect(() => findChromium({ PATH: '/nowhere' }, [])).toThrow(
    /there is none. Install it .*apt-get install chromium.*CHROMIUM_PATH/s,
  );
});

it('CHROMIUM_PATH decides, and a wrong one is not passed over', () => {
  expect(findChromium({ CHROMIUM_PATH: process.execPath, PATH: '/nowhere' })).toBe(process.execPath);
  expect(() => findChromium({ CHROMIUM_PATH: '/nowhere/chromium' })).toThrow('/nowhere/chromium');
});
