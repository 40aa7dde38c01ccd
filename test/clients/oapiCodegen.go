package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"obflow/clients/api"
)

func check(ok bool, what string, seen any) {
	if !ok {
		fmt.Fprintln(os.Stderr, what, seen)
		os.Exit(1)
	}
}

func main() {
	ctx, name := context.Background(), os.Getenv("NAME")
	login := func(_ context.Context, request *http.Request) error {
		request.SetBasicAuth("admin", os.Getenv("OBFLOW_PASSWORD"))
		return nil
	}
	client, err := api.NewClientWithResponses(os.Getenv("OBFLOW_URL"), api.WithRequestEditorFn(login))
	check(err == nil, "client", err)
	clusters, err := client.ListObClustersWithResponse(ctx, &api.ListObClustersParams{})
	check(err == nil && clusters.JSON200 != nil && clusters.JSON200.Data.Page.TotalElements == 0, "clusters", err)
	region, err := client.CreateRegionWithResponse(ctx, api.CreateRegionJSONRequestBody{Name: name})
	check(err == nil && region.JSON200 != nil, "region", err)
	idc, err := client.CreateIdcWithResponse(ctx, api.CreateIdcJSONRequestBody{Name: name, RegionId: region.JSON200.Data.Id})
	check(err == nil && idc.JSON200 != nil, "idc", err)
	login2 := api.CreateCredentialJSONRequestBody{Name: name, TargetType: "HOST"}
	login2.SshCredentialProperty.Type = "PASSWORD"
	login2.SshCredentialProperty.Username = "admin"
	login2.SshCredentialProperty.Passphrase = "x"
	credential, err := client.CreateCredentialWithResponse(ctx, login2)
	check(err == nil && credential.JSON200 != nil, "credential", err)
	add := api.CreateHostsJSONRequestBody{IdcId: idc.JSON200.Data.Id, CredentialId: credential.JSON200.Data.Id}
	add.HostBasicDataList = append(add.HostBasicDataList, struct {
		InnerIpAddress string  `json:"innerIpAddress"`
		SerialNumber   *string `json:"serialNumber,omitempty"`
	}{InnerIpAddress: os.Getenv("ADDRESS")})
	hosts, err := client.CreateHostsWithResponse(ctx, add)
	check(err == nil && hosts.JSON200 != nil, "hosts", err)
	task, err := client.GetTaskInstanceWithResponse(ctx, hosts.JSON200.Data.Id)
	check(err == nil && task.JSON200 != nil && task.JSON200.Data.Status == "RUNNING", "task", err)
	check(len(task.JSON200.Data.Subtasks) == 5, "subtasks", len(task.JSON200.Data.Subtasks))
	missing, err := client.GetTaskInstanceWithResponse(ctx, 999999)
	check(err == nil && missing.JSON4XX != nil && missing.JSON4XX.Error.Code == "TSK10001", "missing task", err)
}
