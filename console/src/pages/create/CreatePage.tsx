import { Button, Steps } from 'antd'
import { useState } from 'react'
import { Page } from '../../components/Page.tsx'
import { Problem } from '../../components/Problem.tsx'
import { Waiting } from '../../components/Waiting.tsx'
import { useText } from '../../settings/Settings.tsx'
import { CheckStep } from './CheckStep.tsx'
import { type Draft, emptyDraft } from './draft.ts'
import { settingsAreGood, topologyIsGood } from './draftRules.ts'
import { LoadFile } from './LoadFile.tsx'
import { PackageStep } from './PackageStep.tsx'
import { SaveFile } from './SaveFile.tsx'
import { SettingsStep } from './SettingsStep.tsx'
import { TopologyStep } from './TopologyStep.tsx'
import { useInventory } from './useInventory.ts'
import '../../styles/create.css'

const steps = ['package', 'topology', 'settings', 'check'] as const

const isGood = (step: number, draft: Draft): boolean =>
  [draft.rpmName !== '', topologyIsGood(draft), settingsAreGood(draft)][step] ?? false

export default function CreatePage() {
  const t = useText()
  const [draft, setDraft] = useState<Draft>(emptyDraft)
  const [step, setStep] = useState(0)
  const inventory = useInventory()
  const reached = steps.findIndex((_, index) => !isGood(index, draft))
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }))
  const shared = { draft, change }
  const { data } = inventory
  return (
    <Page
      title={t('create.title')}
      actions={
        data && (
          <>
            <LoadFile inventory={data} load={setDraft} />
            <SaveFile inventory={data} draft={draft} />
          </>
        )
      }
    >
      <div className="stack">
        <Steps
          size="small"
          current={step}
          onChange={setStep}
          items={steps.map((each, index) => ({
            title: t(`create.step.${each}`),
            disabled: index > reached,
          }))}
        />
        <Problem error={inventory.error} retry={inventory.reload} />
        {data ? (
          <div className="panel panel-body create-step">
            {step === 0 && <PackageStep {...shared} packages={data.packages} />}
            {step === 1 && <TopologyStep {...shared} inventory={data} place={setDraft} />}
            {step === 2 && <SettingsStep {...shared} inventory={data} />}
            {step === 3 && <CheckStep draft={draft} hosts={data.hostById} />}
          </div>
        ) : (
          inventory.loading && <Waiting />
        )}
        <div className="row">
          {step > 0 && <Button onClick={() => setStep(step - 1)}>{t('create.back')}</Button>}
          {step < 3 && (
            <Button
              type="primary"
              disabled={!isGood(step, draft)}
              onClick={() => setStep(step + 1)}
            >
              {t('create.next')}
            </Button>
          )}
          {step < 3 && data && !isGood(step, draft) && (
            <span className="muted">
              {t(step === 0 ? 'create.choosePackage' : 'create.firstFix')}
            </span>
          )}
        </div>
      </div>
    </Page>
  )
}
