import { api, bodyOf, dataOf } from '../../api/client.ts'
import { Page } from '../../components/Page.tsx'
import { useText } from '../../settings/Settings.tsx'
import { HostTabs } from './HostTabs.tsx'
import { NamedList } from './NamedList.tsx'
import { NewIdc } from './NewIdc.tsx'
import { NewNamed } from './NewNamed.tsx'
import { usePlaces } from './usePlaces.ts'

const regionsPath = '/api/v2/compute/regions'
const idcsPath = '/api/v2/compute/idcs'
const typesPath = '/api/v2/compute/hostTypes'

/** Regions, IDCs and types of hosts. */
export default function PlacesPage() {
  const t = useText()
  const places = usePlaces()
  const { data, reload } = places
  const byId = (id: number) => ({ params: { path: { id } } })
  const shared = { places, reload }
  return (
    <Page title={t('hosts.places')}>
      <HostTabs />
      <div className="stack">
        <NamedList
          {...shared}
          title={t('hosts.idcs')}
          rows={data?.idcs}
          under={({ regionName }) => regionName}
          remove={(id) => bodyOf(api.DELETE(`${idcsPath}/{id}`, byId(id)))}
        >
          <NewIdc regions={data?.regions ?? []} made={reload} />
        </NamedList>
        <NamedList
          {...shared}
          title={t('hosts.regions')}
          rows={data?.regions}
          remove={(id) => bodyOf(api.DELETE(`${regionsPath}/{id}`, byId(id)))}
        >
          <NewNamed
            label={t('hosts.newRegion')}
            made={reload}
            make={(name) => dataOf(api.POST(regionsPath, { body: { name } }))}
          />
        </NamedList>
        <NamedList
          {...shared}
          title={t('hosts.types')}
          rows={data?.types}
          remove={(id) => bodyOf(api.DELETE(`${typesPath}/{id}`, byId(id)))}
        >
          <NewNamed
            label={t('hosts.newType')}
            made={reload}
            make={(name) => dataOf(api.POST(typesPath, { body: { name } }))}
          />
        </NamedList>
      </div>
    </Page>
  )
}
