import '../shared/no-eval.ts'
import '@fontsource/biz-udpgothic/400.css'
import '@fontsource/biz-udpgothic/700.css'
import '../shared/colours.css'
import '../counter/counter.css'
import '../counter/counter-parts.css'
import './faces.css'
import { createRoot } from 'react-dom/client'
import { PreferencesProvider } from '../shared/preferences.tsx'
import { Faces } from './faces.tsx'

const root = document.getElementById('root')
if (root === null) throw new Error('the page has no #root')
createRoot(root).render(
  <PreferencesProvider>
    <Faces />
  </PreferencesProvider>,
)
