/** The sign of the house: an open window. */

export function Mark() {
  return (
    <svg className="mark-sign" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M4 21V8a8 8 0 0 1 16 0v13ZM2 21h20M12 1v20M4 12h16" />
    </svg>
  )
}
