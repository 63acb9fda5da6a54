'use strict'
/** The one thing a page is given (checklist row 10): a MessagePort to the host process, when it asks for one by the name of its channel. */
const { ipcRenderer } = require('electron')

const WANTED = 'madoguchi:want '
const GIVEN = 'madoguchi:port '

window.addEventListener('message', ({ source, origin, data }) => {
  if (source !== window || origin !== location.origin || typeof data !== 'string') return
  if (data.startsWith(WANTED)) ipcRenderer.send('channel', data.slice(WANTED.length))
})
ipcRenderer.on('channel', ({ ports }, path) => window.postMessage(GIVEN + path, location.origin, ports))
