import { api, dataOf } from '../../api/client.ts'
import { useLoad } from '../../api/useLoad.ts'
import { useMay } from '../../session/Session.tsx'

/** Which hosts have a package, for whoever may see hosts. */
export function useUsers(): (packageId: number) => string[] {
  const may = useMay()
  const reads = may('HOST:*:READ')
  const { data } = useLoad(
    async (signal) =>
      reads
        ? dataOf(api.GET('/api/v2/compute/hosts', { params: { query: { size: 2000 } }, signal }))
        : undefined,
    [reads],
  )
  return (packageId) =>
    (data?.contents ?? [])
      .filter(({ services }) =>
        services.some(({ softwarePackageId }) => softwarePackageId === packageId),
      )
      .map(({ innerIpAddress }) => innerIpAddress)
}
