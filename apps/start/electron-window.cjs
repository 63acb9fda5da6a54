// Run by Electron's own program: one window that shows one address of the loopback door, and goes nowhere else. A look at simulated
// screens; the terminal as a program of its own is apps/terminal/electron.
const { app, BrowserWindow, session } = require('electron')

const url = process.argv.at(-1)
const { origin } = new URL(url)
app.enableSandbox()
app.on('window-all-closed', () => app.quit())
app.on('web-contents-created', (_, contents) => {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  contents.on('will-navigate', (event, target) => {
    if (URL.parse(target)?.origin !== origin) event.preventDefault()
  })
})
app.whenReady().then(() => {
  session.defaultSession.setPermissionRequestHandler((_, _permission, answer) => answer(false))
  const webPreferences = { sandbox: true, contextIsolation: true, nodeIntegration: false }
  return new BrowserWindow({ width: 1080, height: 1200, webPreferences }).loadURL(url)
})
