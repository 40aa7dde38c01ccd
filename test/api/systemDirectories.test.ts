import { expect, test } from 'vitest'
import { isOfSystem } from '../../src/api/clusters/systemDirectories.ts'

const theirs =
  '/ /usr /opt /home /home/ /var /var/lib /etc /etc/ob /root /boot /boot/ob /tmp /dev/shm /proc/ob /sys /bin /sbin /lib /lib64/ob /mnt /srv'
const below = '/usr/lib/ob /usr/bin /usr/local /usr/local/bin /var/run/ob /run/ob'

test.each(`${theirs} ${below}`.split(' '))('%s is a directory of the operating system', (path) => {
  expect(isOfSystem(path)).toBe(true)
})

const free =
  '/home/admin/oceanbase /data/1 /data /opt/oceanbase /usr/local/oceanbase /var/lib/oceanbase /srv/ob /mnt/disk1 /library /etcetera'

test.each(free.split(' '))('%s may be a cluster’s', (path) => {
  expect(isOfSystem(path)).toBe(false)
})
