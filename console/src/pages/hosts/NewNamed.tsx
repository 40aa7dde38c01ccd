import { Button, Input } from 'antd'
import { useState } from 'react'
import { useCall } from '../../components/useCall.ts'
import { useText } from '../../settings/Settings.tsx'

interface Props {
  readonly label: string
  make(name: string): Promise<unknown>
  made(): void
}

/** Adds something that has nothing but a name. */
export function NewNamed({ label, make, made }: Props) {
  const t = useText()
  const { busy, call } = useCall()
  const [name, setName] = useState('')
  const add = async () => {
    if (!(await call(() => make(name)))) return
    setName('')
    made()
  }
  return (
    <div className="add-here">
      <Input
        size="small"
        placeholder={label}
        aria-label={label}
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <Button size="small" loading={busy} disabled={name === ''} onClick={() => void add()}>
        {t('common.add')}
      </Button>
    </div>
  )
}
