/** Asks the preload for a channel's MessagePort. The two words are the preload's (`electron/preload.cjs`). */

const WANTED = 'madoguchi:want '
const GIVEN = 'madoguchi:port '

export const wantedPort = (path: string): Promise<MessagePort> =>
  new Promise((resolve) => {
    const take = ({ source, data, ports: [port] }: MessageEvent) => {
      if (source !== window || data !== GIVEN + path || port === undefined) return
      window.removeEventListener('message', take)
      resolve(port)
    }
    window.addEventListener('message', take)
    window.postMessage(WANTED + path, location.origin)
  })
