import { openResidentPage } from '../kiosk/page.tsx'

openResidentPage('/resident', 'counter')
