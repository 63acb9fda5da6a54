/** A card and a reader, seen a little from above. */

export function CardPicture({ motion }: { readonly motion: 'down' | 'up' | 'none' }) {
  return (
    <svg className="card-picture" data-motion={motion} viewBox="0 0 320 190" aria-hidden="true">
      <path className="reader" d="M48 118h224l36 44a8 8 0 0 1-6 13H18a8 8 0 0 1-6-13Z" />
      <path className="reader-field" d="M84 130h152l20 28H64Z" />
      <g className="card">
        <rect className="card-body" x="72" y="22" width="176" height="108" rx="10" />
        <path className="card-band" d="M72 32a10 10 0 0 1 10-10h156a10 10 0 0 1 10 10v12H72Z" />
        <rect className="face" x="192" y="56" width="42" height="54" rx="4" />
        <circle className="face-line" cx="213" cy="76" r="9" />
        <path className="face-line" d="M198 108c0-12 6-17 15-17s15 5 15 17Z" />
        <path className="lines" d="M88 62h84M88 78h60M88 94h74" />
      </g>
    </svg>
  )
}
