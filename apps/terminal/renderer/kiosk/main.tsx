import { openResidentPage } from './page.tsx'

openResidentPage('/host', 'kiosk')
