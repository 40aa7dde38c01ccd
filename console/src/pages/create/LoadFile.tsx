import { App, Button } from 'antd'
import { type ChangeEvent, useRef } from 'react'
import { useText } from '../../settings/Settings.tsx'
import type { Draft } from './draft.ts'
import { draftOf } from './draftFile.ts'
import type { Loaded } from './topologyFile.ts'
import type { Inventory } from './useInventory.ts'

interface Props {
  readonly inventory: Inventory
  load(draft: Draft): void
}

async function read(file: File, inventory: Inventory): Promise<Loaded> {
  const text = await file.text()
  if (text.trimStart().startsWith('{')) return { draft: draftOf(text), missing: [] }
  const { fromTopologyFile } = await import('./topologyFile.ts')
  return fromTopologyFile(file.name, text, inventory)
}

/** Takes a file that was saved here or written for `obflow apply`. It never leaves the browser. */
export function LoadFile({ inventory, load }: Props) {
  const t = useText()
  const { message, modal } = App.useApp()
  const input = useRef<HTMLInputElement>(null)
  const take = async (file: File) => {
    try {
      const { draft, missing } = await read(file, inventory)
      load(draft)
      void message.success(t('create.loaded', { name: file.name }))
      if (missing.length > 0)
        modal.warning({ title: t('create.notHere'), content: <Lines lines={missing} /> })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      modal.error({ title: t('create.badFile'), content: <Lines lines={reason.split('\n')} /> })
    }
  }
  const chosen = ({ target }: ChangeEvent<HTMLInputElement>) => {
    const [file] = target.files ?? []
    // The same file may be chosen again.
    target.value = ''
    if (file) void take(file)
  }
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".yaml,.yml,.json"
        aria-label={t('create.load')}
        hidden
        onChange={chosen}
      />
      <Button onClick={() => input.current?.click()}>{t('create.load')}</Button>
    </>
  )
}

function Lines({ lines }: { readonly lines: readonly string[] }) {
  return (
    <ul className="lines">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  )
}
