import '../shared/no-eval.ts'
import '@fontsource/biz-udpgothic/400.css'
import '@fontsource/biz-udpgothic/700.css'
import '../shared/colours.css'
import './counter.css'
import './counter-parts.css'
import '../diagnostics/diagnostics.css'
import { createRoot } from 'react-dom/client'
import { PreferencesProvider } from '../shared/preferences.tsx'
import { Counter } from './counter.tsx'

const root = document.getElementById('root')
if (root === null) throw new Error('the page has no #root')
createRoot(root).render(
  <PreferencesProvider>
    <Counter />
  </PreferencesProvider>,
)
