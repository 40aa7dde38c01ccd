import { App, Upload } from 'antd'
import { useText } from '../../settings/Settings.tsx'
import type { Draft } from './draft.ts'
import { draftOf } from './draftFile.ts'

/** Takes a request that was saved. It never leaves the browser before it is posted. */
export function LoadFile({ load }: { load(draft: Draft): void }) {
  const t = useText()
  const { message } = App.useApp()
  const read = async (file: File) => {
    try {
      load(draftOf(await file.text()))
      void message.success(t('create.loaded', { name: file.name }))
    } catch (error) {
      void message.error(t('create.badFile', { reason: String(error) }))
    }
  }
  return (
    <Upload
      accept=".json,application/json"
      showUploadList={false}
      beforeUpload={(file) => {
        void read(file)
        return false
      }}
    >
      <span className="ant-btn ant-btn-default ant-btn-variant-outlined ant-btn-color-default">
        {t('create.load')}
      </span>
    </Upload>
  )
}
