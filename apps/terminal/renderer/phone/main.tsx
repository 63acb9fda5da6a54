import { openResidentPage } from '../kiosk/page.tsx'

openResidentPage('/phone', 'phone')
