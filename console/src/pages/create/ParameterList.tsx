import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { AutoComplete, Button, Input } from 'antd'
import { useText } from '../../settings/Settings.tsx'
import { newKey, type Parameter } from './draft.ts'

/** What small hosts need. Source: OceanBase's reference of system parameters. */
const common = ['memory_limit', 'system_memory', 'datafile_size', 'log_disk_size', 'cpu_count']

interface Props {
  readonly parameters: readonly Parameter[]
  set(parameters: readonly Parameter[]): void
}

export function ParameterList({ parameters, set }: Props) {
  const t = useText()
  const change = (key: string, part: Partial<Parameter>) =>
    set(parameters.map((each) => (each.key === key ? { ...each, ...part } : each)))
  return (
    <fieldset className="parameters">
      <legend>{t('create.parameters')}</legend>
      <p className="muted">{t('create.parametersHelp')}</p>
      {parameters.map(({ key, name, value }) => (
        <div key={key} className="parameter">
          <AutoComplete
            aria-label={t('cluster.parameter')}
            placeholder="memory_limit"
            value={name}
            options={common.map((option) => ({ value: option }))}
            filterOption
            onChange={(chosen: string) => change(key, { name: chosen.trim() })}
          />
          <Input
            aria-label={t('cluster.value')}
            placeholder="16G"
            value={value}
            onChange={({ target }) => change(key, { value: target.value.trim() })}
          />
          <Button
            type="text"
            icon={<DeleteOutlined />}
            aria-label={t('create.removeParameter', { name })}
            onClick={() => set(parameters.filter((each) => each.key !== key))}
          />
        </div>
      ))}
      <Button
        type="dashed"
        icon={<PlusOutlined />}
        onClick={() => set([...parameters, { key: newKey(), name: '', value: '' }])}
      >
        {t('create.addParameter')}
      </Button>
    </fieldset>
  )
}
