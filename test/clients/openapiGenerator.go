package main

import (
	"context"
	"fmt"
	"os"

	api "obflow/generated"
)

func check(ok bool, what string, seen any) {
	if !ok {
		fmt.Fprintln(os.Stderr, what, seen)
		os.Exit(1)
	}
}

func main() {
	name := os.Getenv("NAME")
	configuration := api.NewConfiguration()
	configuration.Servers = api.ServerConfigurations{{URL: os.Getenv("OBFLOW_URL")}}
	ctx := context.WithValue(context.Background(), api.ContextBasicAuth, api.BasicAuth{UserName: "admin", Password: os.Getenv("OBFLOW_PASSWORD")})
	client := api.NewAPIClient(configuration)
	clusters, _, err := client.ClustersAPI.ListObClusters(ctx).Size(5).Execute()
	check(err == nil && clusters.Data.Page.TotalElements == 0, "clusters", err)
	region, _, err := client.PlacesAPI.CreateRegion(ctx).CreateRegionRequest(*api.NewCreateRegionRequest(name)).Execute()
	check(err == nil, "region", err)
	idc, _, err := client.PlacesAPI.CreateIdc(ctx).CreateIdcRequest(*api.NewCreateIdcRequest(name, region.Data.Id)).Execute()
	check(err == nil, "idc", err)
	login := *api.NewCreateCredentialRequestSshCredentialProperty("PASSWORD", "admin", "x")
	credential, _, err := client.CredentialsAPI.CreateCredential(ctx).
		CreateCredentialRequest(*api.NewCreateCredentialRequest("HOST", name, login)).Execute()
	check(err == nil, "credential", err)
	list := []api.CreateHostsRequestHostBasicDataListInner{*api.NewCreateHostsRequestHostBasicDataListInner(os.Getenv("ADDRESS"))}
	hosts, _, err := client.HostsAPI.CreateHosts(ctx).
		CreateHostsRequest(*api.NewCreateHostsRequest(list, idc.Data.Id, credential.Data.Id)).Execute()
	check(err == nil, "hosts", err)
	task, _, err := client.TasksAPI.GetTaskInstance(ctx, hosts.Data.Id).Execute()
	check(err == nil && task.Data.Status == "RUNNING" && len(task.Data.Subtasks) == 5, "task", err)
	_, response, err := client.TasksAPI.GetTaskInstance(ctx, 999999).Execute()
	check(err != nil && response.StatusCode == 404, "missing task", err)
}
