import base64
import os

from obflow_client import AuthenticatedClient
from obflow_client.api.clusters import list_ob_clusters
from obflow_client.api.credentials import create_credential
from obflow_client.api.hosts import create_hosts
from obflow_client.api.places import create_idc, create_region
from obflow_client.api.tasks import get_task_instance
from obflow_client.models import (
    CreateCredentialBody,
    CreateCredentialBodySshCredentialProperty,
    CreateCredentialBodySshCredentialPropertyType,
    CreateCredentialBodyTargetType,
    CreateHostsBody,
    CreateHostsBodyHostBasicDataListItem,
    CreateIdcBody,
    CreateRegionBody,
    Failed,
)

name = os.environ["NAME"]
token = base64.b64encode(f"admin:{os.environ['OBFLOW_PASSWORD']}".encode()).decode()
client = AuthenticatedClient(base_url=os.environ["OBFLOW_URL"], token=token, prefix="Basic")
assert list_ob_clusters.sync(client=client, size=5).data.page.total_elements == 0
region = create_region.sync(client=client, body=CreateRegionBody(name=name)).data
idc = create_idc.sync(client=client, body=CreateIdcBody(name=name, region_id=region.id)).data
login = CreateCredentialBodySshCredentialProperty(
    type_=CreateCredentialBodySshCredentialPropertyType.PASSWORD, username="admin", passphrase="x"
)
credential = create_credential.sync(
    client=client,
    body=CreateCredentialBody(target_type=CreateCredentialBodyTargetType.HOST, name=name, ssh_credential_property=login),
).data
address = CreateHostsBodyHostBasicDataListItem(inner_ip_address=os.environ["ADDRESS"])
add = CreateHostsBody(host_basic_data_list=[address], idc_id=idc.id, credential_id=credential.id)
hosts = create_hosts.sync(client=client, body=add).data
task = get_task_instance.sync(hosts.id, client=client).data
assert task.status.value == "RUNNING" and len(task.subtasks) == 5, task
missing = get_task_instance.sync(999999, client=client)
assert isinstance(missing, Failed) and missing.error.code == "TSK10001", missing
