/** The faces of the terminal: how much a browser loads for each, fonts aside, and how long a screen takes to change. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { rendererFiles } from '../../apps/terminal/build.ts'
import { openBrowser } from '../e2e/browser.ts'
import type { Gallery } from '../e2e/gallery.ts'
import { counterGallery, STAFF_VIEWS } from '../e2e/staff-views.ts'
import { kioskGallery, VIEWS } from '../e2e/views.ts'
import type { BenchLine } from './bench-line.ts'

const CHANGES = 200

/** KB of script and style a face names, compressed, without the rules that only say which font file holds which letter. */
function size(files: string, face: string): number {
  const html = readFileSync(join(files, face, 'index.html'), 'utf8')
  const named = [...html.matchAll(/"\/(assets\/[^"]+\.(?:js|css))"/g)].map(([, path]) => path as string)
  const imported = named
    .filter((path) => path.endsWith('.js'))
    .flatMap((path) => {
      const code = readFileSync(join(files, path), 'utf8')
      return globSync('assets/*.js', { cwd: files }).filter((other) => code.includes(other.replace('assets/', './')))
    })
  const bytes = [...new Set([...named, ...imported])].map((path) => {
    const text = readFileSync(join(files, path), 'utf8').replaceAll(/@font-face\{[^}]*\}/g, '')
    return gzipSync(text, { level: 9 }).length
  })
  return bytes.reduce((sum, one) => sum + one, 0) / 1024
}

export async function* bench(): AsyncGenerator<BenchLine> {
  const files = await rendererFiles()
  for (const face of ['kiosk', 'counter', 'phone', 'faces', 'diagnostics', 'desk'])
    yield {
      name: `${face}: script and style, compressed, fonts aside`,
      value: size(files, face),
      unit: 'KB',
      aim: { atMost: 250 },
    }

  const browser = await openBrowser()
  try {
    await using kiosk = await kioskGallery(browser, '15')
    yield await changes('kiosk', kiosk, VIEWS)
    await using counter = await counterGallery(browser, 'small')
    yield await changes('counter', counter, STAFF_VIEWS)
  } finally {
    await browser.close()
  }
}

async function changes<V>(face: string, gallery: Gallery<V>, views: readonly V[]): Promise<BenchLine> {
  const times: number[] = []
  for (let i = 0; i < CHANGES; i++) {
    const began = performance.now()
    await gallery.show(views[i % views.length] as V)
    times.push(performance.now() - began)
  }
  times.sort((a, b) => a - b)
  const p95 = times[Math.floor(times.length * 0.95)] ?? 0
  return {
    name: `${face}: screen change from the hall to two painted frames, p95`,
    value: p95,
    unit: 'ms',
    aim: { atMost: 100 },
  }
}
