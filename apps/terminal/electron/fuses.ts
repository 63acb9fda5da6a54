/** Electron's switches that are set for good when it is packaged (checklist row 13). Named as `@electron/fuses` names them; none is left out. */

export const FUSES = {
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  // One snapshot for all processes: there is none of our own.
  LoadBrowserProcessSpecificV8Snapshot: false,
  GrantFileProtocolExtraPrivileges: false,
  // Without it WebAssembly checks its bounds in code; no page of ours has any, so the faster way stays as Chromium has it.
  WasmTrapHandlers: true,
} as const
export type FuseName = keyof typeof FUSES
