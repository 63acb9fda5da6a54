/** What `import 'electron'` gets in main.test.ts. */
import { fakeElectron } from './fake-electron.ts'

export const fake = fakeElectron({
  packaged: false,
  open: async () => ({ services: {}, readCard: async () => {}, isQuiet: async () => true }),
})
export const { app, BrowserWindow, ipcMain, Menu, MessageChannelMain, protocol, safeStorage, session, utilityProcess } =
  fake.electron
