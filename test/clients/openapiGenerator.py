import os

import openapi_client as api

name = os.environ["NAME"]
configuration = api.Configuration(host=os.environ["OBFLOW_URL"], username="admin", password=os.environ["OBFLOW_PASSWORD"])
with api.ApiClient(configuration) as client:
    assert api.ClustersApi(client).list_ob_clusters(size=5).data.page.total_elements == 0
    places = api.PlacesApi(client)
    region = places.create_region(api.CreateRegionRequest(name=name)).data
    idc = places.create_idc(api.CreateIdcRequest(name=name, region_id=region.id)).data
    login = api.CreateCredentialRequestSshCredentialProperty(type="PASSWORD", username="admin", passphrase="x")
    request = api.CreateCredentialRequest(target_type="HOST", name=name, ssh_credential_property=login)
    credential = api.CredentialsApi(client).create_credential(request).data
    address = api.CreateHostsRequestHostBasicDataListInner(inner_ip_address=os.environ["ADDRESS"])
    add = api.CreateHostsRequest(host_basic_data_list=[address], idc_id=idc.id, credential_id=credential.id)
    hosts = api.HostsApi(client).create_hosts(add).data
    tasks = api.TasksApi(client)
    task = tasks.get_task_instance(hosts.id).data
    assert task.status == "RUNNING" and len(task.subtasks) == 5, task
    try:
        tasks.get_task_instance(999999)
        raise AssertionError("a task that is not there")
    except api.exceptions.NotFoundException as error:
        assert "TSK10001" in str(error.body)
