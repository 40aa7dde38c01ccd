import { type RefObject, useLayoutEffect, useState } from 'react'

/** Which rows of a long list are in sight, with some above and below. */
export function useWindow(box: RefObject<HTMLElement | null>, count: number, height: number) {
  const [range, setRange] = useState({ first: 0, last: 40 })
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const look = () => {
      const first = Math.max(0, Math.floor(element.scrollTop / height) - 10)
      const last = Math.ceil((element.scrollTop + element.clientHeight) / height) + 10
      setRange((before) =>
        before.first === first && before.last === last ? before : { first, last },
      )
    }
    look()
    element.addEventListener('scroll', look, { passive: true })
    const observer = new ResizeObserver(look)
    observer.observe(element)
    return () => {
      element.removeEventListener('scroll', look)
      observer.disconnect()
    }
  }, [box, height])
  return { first: Math.min(range.first, Math.max(0, count - 1)), last: Math.min(range.last, count) }
}
